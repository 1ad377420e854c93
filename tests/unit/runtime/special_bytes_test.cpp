#include "runtime/special_bytes.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <vector>

using namespace pg2crdb;

TEST_CASE("plain bytes are copied in steps as they are one by one") {
  std::minstd_rand random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    const size_t length = random() % 70;
    for (size_t i = 0; i < length; ++i)
      text += static_cast<char>(random() % 8 == 0 ? random() % 256 : 'a' + random() % 26);
    text += '\n';
    // Nothing behind `limit` may be read: the vector ends there.
    const std::vector<char> bytes(text.begin(), text.end());
    const char* const limit = bytes.data() + bytes.size();
    std::vector<char> expected(bytes.size());
    std::vector<char> found(bytes.size() + copy_plain_slack);
    const char* from = bytes.data();
    char* out = expected.data();
    copy_plain_one_by_one(from, out);
    const char* from_in_steps = bytes.data();
    char* out_in_steps = found.data();
    copy_plain(from_in_steps, limit, out_in_steps);
    // It may stop at a vertical tab or a form feed, and go on behind it.
    while (*from_in_steps == '\v' || *from_in_steps == '\f') {
      *out_in_steps++ = *from_in_steps++;
      copy_plain(from_in_steps, limit, out_in_steps);
    }
    REQUIRE(from_in_steps == from);
    REQUIRE(std::string(expected.data(), out) == std::string(found.data(), out_in_steps));
  }
}
