#include "support/line_ends.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

namespace pg2crdb {
namespace {

TEST_CASE("line ends are counted as one by one, wherever they stand") {
  std::mt19937 random(7);
  const auto count_one_by_one = [](std::string_view text) {
    return static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
  };
  for (size_t size = 0; size < 200; ++size) {
    std::string text(size, 'x');
    for (char& c : text) c = random() % 3 == 0 ? '\n' : static_cast<char>(random() % 256);
    for (size_t begin = 0; begin <= std::min<size_t>(size, 20); ++begin) {
      const std::string_view part = std::string_view(text).substr(begin);
      REQUIRE(count_line_ends(part) == count_one_by_one(part));
    }
  }
}

TEST_CASE("more line ends in one place than a byte can count") {
  for (const size_t blocks : {254, 255, 256, 257, 511, 1000}) {
    const std::string text(blocks * 16 + 5, '\n');
    CHECK(count_line_ends(text) == text.size());
  }
}

}  // namespace
}  // namespace pg2crdb
