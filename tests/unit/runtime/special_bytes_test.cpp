#include "runtime/special_bytes.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

using namespace pg2crdb;

namespace {

/// In a place of its own: nothing behind its end may be read.
std::vector<char> random_text(std::minstd_rand& random, size_t most) {
  std::vector<char> text(random() % most);
  for (char& byte : text) byte = static_cast<char>(random() % 4 == 0 ? random() % 256 : 'a' + random() % 26);
  return text;
}

std::vector<uint16_t> places_by(FindSpecialBytes find, std::string_view text) {
  std::vector<uint16_t> places(text.size() + 8);
  places.resize(find(text, places.data()));
  return places;
}

}  // namespace

TEST_CASE("special bytes are found in steps as they are one by one") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(places_by(find_special_bytes_one_by_one, all) ==
        std::vector<uint16_t>{'\t', '\n', '\r', '"', ',', '\\'});
  CHECK(places_by(fastest_find_special_bytes(), all) == places_by(find_special_bytes_one_by_one, all));
  std::minstd_rand random(7);
  for (int round = 0; round < 5000; ++round) {
    const std::vector<char> bytes = random_text(random, 300);
    const std::string_view text(bytes.data(), bytes.size());
    REQUIRE(places_by(fastest_find_special_bytes(), text) == places_by(find_special_bytes_one_by_one, text));
  }
}

TEST_CASE("special bytes follow one another through windows") {
  std::minstd_rand random(7);
  for (int round = 0; round < 50; ++round) {
    std::vector<char> bytes = random_text(random, 20000);
    if (round % 2 == 0) std::fill_n(bytes.begin(), bytes.size() / 2, 'x');
    const std::string_view text(bytes.data(), bytes.size());
    SpecialBytes specials(text);
    SpecialBytes::Cursor special = specials.look_from(text.data());
    for (const char& byte : text) {
      if (!is_special(byte)) continue;
      REQUIRE(special.place() == &byte);
      specials.pass(special);
    }
    CHECK(special.place() == text.data() + text.size());
    special = specials.look_from(text.data());
    for (size_t at = 0; at < text.size(); at += random() % 3000) {
      specials.pass_to(special, text.data() + at);
      size_t expected = at;
      while (expected < text.size() && !is_special(text[expected])) ++expected;
      REQUIRE(special.place() == text.data() + expected);
    }
  }
}
