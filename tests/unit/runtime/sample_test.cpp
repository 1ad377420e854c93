#include "runtime/sample.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

using namespace pg2crdb;

namespace {

std::vector<uint64_t> chosen_rows(uint64_t all, uint64_t wanted) {
  ChosenRows chosen(all, wanted);
  std::vector<uint64_t> rows;
  for (uint64_t row = 0; row < all; ++row) {
    if (chosen.next()) rows.push_back(row);
  }
  return rows;
}

}  // namespace

TEST_CASE("a sample has as many rows as were wanted, from all of the table, the same ones each time") {
  for (const uint64_t all : {1, 2, 7, 100, 1001}) {
    for (uint64_t wanted = 1; wanted <= all; wanted += 1 + wanted / 3) {
      const std::vector<uint64_t> rows = chosen_rows(all, wanted);
      REQUIRE(rows.size() == wanted);
      CHECK(rows == chosen_rows(all, wanted));
      for (size_t piece = 0; piece < rows.size(); ++piece) {
        const uint64_t longest = all / wanted + 1;
        CHECK(rows[piece] >= piece * (all / wanted));
        CHECK(rows[piece] < (piece + 1) * longest);
      }
    }
  }
  CHECK(chosen_rows(0, 0).empty());
}

TEST_CASE("a sample is a number of rows or a part of them") {
  CHECK(parse_sample("7")->of(100) == 7);
  CHECK(parse_sample("7")->of(3) == 3);
  CHECK(parse_sample("7%")->of(1000) == 70);
  CHECK(parse_sample("0.01%")->of(5) == 1);
  CHECK(parse_sample("100%")->of(5) == 5);
  CHECK(parse_sample("1%")->of(0) == 0);
  for (const char* text : {"", "0", "x", "7x", "%", "0%", "100.5%", "inf%", "nan%", "-3", "1e3"})
    CHECK_FALSE(parse_sample(text));
}
