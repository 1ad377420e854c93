#include "scan/row_cutter.h"

#include <catch2/catch_test_macros.hpp>

using namespace pg2crdb;

namespace {

using Rows = std::vector<std::vector<std::string>>;

/// The values at the positions of each row; "NULL" stands for none.
Rows cut(std::string_view rows, std::vector<size_t> positions) {
  RowCutter cutter(std::move(positions));
  std::vector<Field> values;
  Rows all;
  while (!rows.empty()) {
    rows.remove_prefix(cutter.cut(rows, values));
    std::vector<std::string>& row = all.emplace_back();
    for (const Field& value : values) row.push_back(value.null ? "NULL" : std::string(value.text));
  }
  return all;
}

}  // namespace

TEST_CASE("values are taken from their places, and decoded where they have escapes") {
  CHECK(cut("1\ta\tb\n2\t\\N\tc\n", {0, 1}) == Rows{{"1", "a"}, {"2", "NULL"}});
  CHECK(cut("1\ta\tb\n2\tx\ty", {2}) == Rows{{"b"}, {"y"}});
  CHECK(cut("a\\tb\t\\\\N\tc\\\\\tlast\n", {0, 1, 2, 3}) == Rows{{"a\tb", "\\N", "c\\", "last"}});
  CHECK(cut("\t\t\n", {0, 1, 2}) == Rows{{"", "", ""}});
}

TEST_CASE("a tab behind a backslash belongs to the value") {
  CHECK(cut("a\\\tb\tc\n", {0, 1}) == Rows{{"a\tb", "c"}});
  CHECK(cut("a\\\\\tb\tc\n", {0, 1}) == Rows{{"a\\", "b"}});
}

TEST_CASE("a row that is too short has NULL") {
  CHECK(cut("a\n\nb\tc\n", {0, 1}) == Rows{{"a", "NULL"}, {"", "NULL"}, {"b", "c"}});
  CHECK(cut("a\tb\n", {}) == Rows{{}});
}
