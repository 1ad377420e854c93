#include "runtime/equal_texts.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

TEST_CASE("rows of equal texts are counted, whatever their order, and of others nothing is said") {
  if (postgres().url.empty()) SKIP("no PostgreSQL can run here");
  Connection one = connect(postgres().url);
  Connection other = connect(postgres().url);
  const auto compare = [&](const std::string& left, const std::string& right) {
    CopyStream source(one, "COPY (" + left + ") TO STDOUT", "source", false, nullptr);
    CopyStream target(other, "COPY (" + right + ") TO STDOUT", "target", false, nullptr);
    return rows_of_equal_texts(source, target, [](uint64_t) {});
  };
  const auto rows = [&](const std::string& left, const std::string& right) {
    const Result<std::optional<uint64_t>> found = compare(left, right);
    REQUIRE(found);
    return *found;
  };
  const std::string two = "VALUES (1, 'a'), (2, NULL)";
  CHECK(rows(two, "VALUES (2, NULL), (1, 'a')") == uint64_t{2});
  CHECK(rows("SELECT 1 WHERE false", "SELECT 1 WHERE false") == uint64_t{0});
  for (const char* different :
       {"VALUES (1, 'a'), (2, '')", "VALUES (1, 'a')", "VALUES (1, 'a'), (2, NULL), (2, NULL)",
        "VALUES (1, 'a'), (2, '\\N')", "VALUES (2, 'a'), (1, NULL)", "VALUES (1.0, 'a'), (2, NULL)"})
    CHECK(rows(two, different) == std::nullopt);
  // Twice is not the same as twice something else.
  CHECK(rows("VALUES (1), (1)", "VALUES (2), (2)") == std::nullopt);

  const auto failed = compare("SELECT 1 / (id - 1) FROM generate_series(1, 2) id", two);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.starts_with("source: ERROR 22012"));
  const auto failed_there = compare("SELECT generate_series(1, 100000)", "SELECT 1 / 0");
  REQUIRE_FALSE(failed_there);
  CHECK(failed_there.error().message.starts_with("target: ERROR 22012"));
}

TEST_CASE("the first rows of a COPY are those by its key") {
  CHECK(first_rows("COPY (SELECT \"A\", b FROM ONLY t) TO STDOUT", {"A", "b c"}) ==
        "COPY (SELECT \"A\", b FROM ONLY t ORDER BY \"A\", \"b c\" LIMIT 100) TO STDOUT");
}
