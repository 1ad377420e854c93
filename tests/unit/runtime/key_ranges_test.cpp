#include "runtime/key_ranges.h"

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "runtime/equal_keys.h"
#include "runtime/journal.h"
#include "tests/unit/runtime/servers.h"

using namespace pg2crdb;
using namespace pg2crdb::test;

namespace {

constexpr uint64_t unlimited = 1'000'000;

std::vector<std::pair<int64_t, int64_t>> bounds(const std::vector<KeyRange>& ranges) {
  std::vector<std::pair<int64_t, int64_t>> out;
  for (const KeyRange& range : ranges)
    out.emplace_back(range.begin.value_or(std::numeric_limits<int64_t>::min()),
                     range.end.value_or(std::numeric_limits<int64_t>::max()));
  return out;
}

Connection server_with_tables() {
  Connection server = connect(postgres().url);
  run(server, "CREATE TEMPORARY TABLE one (id INT8 PRIMARY KEY, t TEXT)");
  run(server, "INSERT INTO one SELECT i * 3 - 300, 't' || i FROM generate_series(1, 1000) i ORDER BY i DESC");
  run(server, "CREATE TEMPORARY TABLE many (id INT4, t TEXT, PRIMARY KEY (id, t))");
  run(server, "INSERT INTO many SELECT i % 4, 't' || i FROM generate_series(1, 1000) i");
  return server;
}

}  // namespace

TEST_CASE("ranges of keys are cut by rows, and together they are all keys") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection server = server_with_tables();
  const KeyedSide side{server, "one", "id", "t", true, unlimited};
  uint64_t bytes = 0;
  constexpr int64_t least = std::numeric_limits<int64_t>::min(), most = std::numeric_limits<int64_t>::max();
  const auto ranges = cut(side, {KeyRange{}}, 300, bytes);
  REQUIRE(ranges);
  REQUIRE(*ranges);
  CHECK(bounds(**ranges) ==
        std::vector<std::pair<int64_t, int64_t>>{{least, 600}, {600, 1500}, {1500, 2400}, {2400, most}});
  CHECK(bytes == 3 + 4 + 4 + 3 * 4);
  const auto pieces = cut(side, {(**ranges)[1], (**ranges)[3]}, 100, bytes);
  REQUIRE(pieces);
  REQUIRE(*pieces);
  CHECK(bounds(**pieces) ==
        std::vector<std::pair<int64_t, int64_t>>{
            {600, 897}, {897, 1197}, {1197, 1497}, {1497, 1500}, {2400, 2697}, {2697, most}});
  // Each row is in one of them.
  const auto hashed = hash_ranges(side, **ranges, bytes, [](uint64_t) { return true; });
  REQUIRE(hashed);
  uint64_t rows = 0;
  for (const HashedRange& range : *hashed) rows += range.rows;
  CHECK(rows == 1000);
}

TEST_CASE("a key with many rows stays whole, one with too many is no range") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection server = server_with_tables();
  uint64_t bytes = 0;
  const auto ranges = cut({server, "many", "id", "t", false, unlimited}, {KeyRange{}}, 100, bytes);
  REQUIRE(ranges);
  REQUIRE(*ranges);
  CHECK(bounds(**ranges).size() == 5);
  const auto none = cut({server, "many", "id", "t", false, 200}, {KeyRange{}}, 100, bytes);
  REQUIRE(none);
  CHECK_FALSE(*none);
}

TEST_CASE("rows without a key are in a range, too") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection server = connect(postgres().url);
  run(server, "CREATE TEMPORARY TABLE t (id INT8, t TEXT)");
  run(server, "INSERT INTO t SELECT nullif(i % 7, 0), 't' || i FROM generate_series(1, 70) i");
  const KeyedSide side{server, "t", "id", "t", false, unlimited};
  uint64_t bytes = 0;
  const auto ranges = cut(side, {KeyRange{}}, 5, bytes);
  REQUIRE(ranges);
  REQUIRE(*ranges);
  CHECK(bounds(**ranges).size() == 7);
  const auto hashed = hash_ranges(side, **ranges, bytes, [](uint64_t) { return true; });
  REQUIRE(hashed);
  uint64_t rows = 0;
  for (const HashedRange& range : *hashed) rows += range.rows;
  CHECK(rows == 70);
}

TEST_CASE("equal rows have equal hashes, however they lie, and a change shows") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection server = server_with_tables();
  run(server, "CREATE TEMPORARY TABLE other (LIKE many)");
  run(server, "INSERT INTO other SELECT * FROM many ORDER BY t DESC");
  uint64_t bytes = 0;
  const std::vector<KeyRange> ranges = {{{}, 1}, {1, 2}, {2, 3}, {3, {}}};
  const auto hashes = [&](const char* table, uint64_t most) {
    const auto hashed =
        hash_ranges({server, table, "id", "t", false, most}, ranges, bytes, [](uint64_t) { return true; });
    REQUIRE(hashed);
    return *hashed;
  };
  const std::vector<HashedRange> before = hashes("many", unlimited);
  CHECK(hashes("other", unlimited) == before);
  run(server, "UPDATE other SET t = t || '.' WHERE t = 't1'");
  const std::vector<HashedRange> changed = hashes("other", unlimited);
  CHECK(changed[0] == before[0]);
  CHECK(changed[1] != before[1]);
  CHECK(changed[1].rows == 250);
  // No side hashes more than fits into its memory: the number alone shows that it is another.
  run(server, "INSERT INTO other SELECT 2, 'more' || i FROM generate_series(1, 5000) i");
  CHECK(hashes("other", 300)[2].rows == 301);
  const auto stopped = hash_ranges({server, "many", "id", "t", false, unlimited}, ranges, bytes,
                                   [](uint64_t) { return false; });
  REQUIRE(stopped);
  CHECK(stopped->empty());
}

TEST_CASE("rows whose texts are long together are hashed, and a change within one shows") {
  if (postgres().url.empty()) SKIP("PostgreSQL cannot run here");
  Connection server = connect(postgres().url);
  run(server, "CREATE TEMPORARY TABLE long (id INT8 PRIMARY KEY, t TEXT)");
  run(server, "INSERT INTO long SELECT i, 'x' FROM generate_series(1, 12) i");
  // 1.1 GB, which is more than a text of PostgreSQL's may have.
  const KeyedSide side{server, "long", "id", "id || '|' || repeat(t, 90000000)", true, unlimited};
  uint64_t bytes = 0;
  const auto hash = [&] {
    const auto hashed = hash_ranges(side, {KeyRange{}}, bytes, [](uint64_t) { return true; });
    if (!hashed) FAIL(hashed.error().message);
    CHECK(hashed->front().rows == 12);
    return hashed->front().hash;
  };
  const std::string before = hash();
  run(server, "UPDATE long SET t = 'y' WHERE id = 7");
  CHECK(hash() != before);
}

TEST_CASE("keys that were found equal are kept, and the others are what is left") {
  const std::string folder = std::filesystem::temp_directory_path() / "equal-keys-XXXXXX";
  std::vector<char> path(folder.begin(), folder.end());
  path.push_back('\0');
  REQUIRE(::mkdtemp(path.data()) != nullptr);
  const ObjectName table{"public", "t"};
  const auto open = [&] {
    Result<Journal> journal = Journal::open(path.data(), {{"run", "one"}}, true);
    REQUIRE(journal);
    return std::move(*journal);
  };
  const std::vector<std::pair<int64_t, int64_t>> all = {
      {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max()}};
  {
    Journal journal = open();
    EqualKeys keys(&journal, table);
    CHECK(bounds(keys.others()) == all);
    REQUIRE(keys.add({{{}, -5}, {-5, 3}, {7, 9}}, 12));
    REQUIRE(keys.add({{20, 30}, {3, 5}}, 8));
  }
  {
    Journal journal = open();
    EqualKeys keys(&journal, table);
    CHECK(keys.rows() == 20);
    CHECK(in_ranges("id", keys.ranges()) ==
          "((id < 5 OR id IS NULL)) OR (id >= 7 AND id < 9) OR (id >= 20 AND id < 30)");
    CHECK(in_ranges("id", keys.others()) == "(id >= 5 AND id < 7) OR (id >= 9 AND id < 20) OR (id >= 30)");
    CHECK(bounds(EqualKeys(&journal, {"public", "other"}).others()) == all);
    REQUIRE(keys.forget());
  }
  Journal journal = open();
  CHECK(bounds(EqualKeys(&journal, table).others()) == all);
  std::filesystem::remove_all(path.data());
}

TEST_CASE("neighbouring ranges are asked for as one") {
  CHECK(in_ranges("id", {KeyRange{}}) == "(true)");
  CHECK(in_ranges("id", {{{}, -5}, {-5, 3}, {7, 9}, {9, {}}}) == "((id < 3 OR id IS NULL)) OR (id >= 7)");
  CHECK(in_ranges("id", {{1, 2}}) == "(id >= 1 AND id < 2)");
}
