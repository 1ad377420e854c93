#include "rows/hash128.h"

#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

namespace pg2crdb {
namespace {

TEST_CASE("hashes of near texts are far from each other") {
  std::set<uint64_t> low;
  std::set<uint64_t> high;
  size_t count = 0;
  const auto add = [&](const std::string& text, uint64_t seed) {
    const Hash128 hash = hash128(text, seed);
    low.insert(hash.low);
    high.insert(hash.high);
    ++count;
  };
  for (int i = 0; i < 200000; ++i) add(std::to_string(i), 1);
  for (size_t length = 0; length < 200; ++length) {  // zeros of every length, each bit set once
    std::string text(length, '\0');
    add(text, 2);
    for (size_t bit = 0; bit < 8 * length; ++bit) {
      text[bit / 8] = static_cast<char>(1 << (bit % 8));
      add(text, 2);
      text[bit / 8] = 0;
    }
  }
  for (uint64_t seed = 3; seed < 1000; ++seed) add("town", seed);
  CHECK(low.size() == count);
  CHECK(high.size() == count);

  // Each bit of input turns about half of the bits of output.
  std::string text = "0123456789abcdef0123456789abcdefghi";
  const Hash128 before = hash128(text, 1);
  for (size_t bit = 0; bit < 8 * text.size(); ++bit) {
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    const Hash128 after = hash128(text, 1);
    text[bit / 8] = static_cast<char>(text[bit / 8] ^ (1 << (bit % 8)));
    const int turned =
        __builtin_popcountll(before.low ^ after.low) + __builtin_popcountll(before.high ^ after.high);
    CHECK(turned > 35);
    CHECK(turned < 93);
  }
}

TEST_CASE("sums of hashes carry") {
  Hash128 sum{~uint64_t{0}, 1};
  sum += {1, 2};
  CHECK(sum == Hash128{0, 4});
}

}  // namespace
}  // namespace pg2crdb
