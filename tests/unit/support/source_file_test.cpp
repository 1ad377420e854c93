#include "support/source_file.h"

#include <catch2/catch_test_macros.hpp>

namespace pg2crdb {
namespace {

TEST_CASE("files behind one another are found by their spans") {
  SourceFile first(3, "1.sql");
  SourceFile& second = first.add_next("2.sql");
  SourceFile& third = first.add_next("3.sql");
  CHECK(second.index() == 4);
  CHECK(third.index() == 5);
  CHECK(&first.of({3, 0, 1}) == &first);
  CHECK(&first.of({4, 0, 1}) == &second);
  CHECK(&first.of({5, 0, 1}) == &third);
  // What points nowhere, as what a pass added without a place, is shown with the first one's name.
  CHECK(&first.of({0, 0, 0}) == &first);
  CHECK(&first.of({6, 0, 0}) == &first);
}

TEST_CASE("files that are read in front of one are found by their spans") {
  SourceFile input(5, "dump.sql");
  const SourceFile& first = input.add_before(3, "a");
  const SourceFile& second = input.add_before(4, "b");
  const SourceFile& last = input.add_next("c");
  CHECK(&input.of({3, 0, 1}) == &first);
  CHECK(&input.of({4, 0, 1}) == &second);
  CHECK(&input.of({5, 0, 1}) == &input);
  CHECK(&input.of({6, 0, 1}) == &last);
  CHECK(&input.of({2, 0, 1}) == &input);
}

}  // namespace
}  // namespace pg2crdb
