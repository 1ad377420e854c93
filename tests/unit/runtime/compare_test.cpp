#include "runtime/compare.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace pg2crdb {
namespace {

using Row = std::vector<std::optional<std::string>>;

// Rows in memory, in another order at each reading.
class MemoryStream : public RowStream {
 public:
  explicit MemoryStream(std::vector<Row> rows) : rows_(std::move(rows)) {}

  Result<void> read(const std::function<bool(const std::vector<Field>&)>& row) override {
    ++readings;
    std::shuffle(rows_.begin(), rows_.end(), random_);
    for (const Row& values : rows_) {
      std::vector<Field> fields;
      for (const std::optional<std::string>& value : values) {
        fields.push_back(value ? Field{*value, false} : Field{{}, true});
      }
      if (!row(fields)) return {};
    }
    return {};
  }

  int readings = 0;

 private:
  std::vector<Row> rows_;
  std::mt19937 random_{1};
};

class FailingStream : public RowStream {
 public:
  Result<void> read(const std::function<bool(const std::vector<Field>&)>& row) override {
    row({{"1", false}, {"x", false}, {"1", false}});
    return Error{
        .kind = Error::Kind::interrupted, .message = "the server went away", .sqlstate = {}, .advice = {}};
  }
};

const ComparedTable keyed = {{{"id", {CanonicalForm::text, CanonicalForm::text}},
                              {"name", {CanonicalForm::text, CanonicalForm::text}},
                              {"fee", {CanonicalForm::number, CanonicalForm::text}}},
                             {0}};
const ComparedTable keyless = {keyed.columns, {}};

Comparison compared(const ComparedTable& table, const std::vector<Row>& source,
                    const std::vector<Row>& target, const CompareOptions& options = {}) {
  MemoryStream source_stream(source);
  MemoryStream target_stream(target);
  const Result<Comparison> found =
      compare_rows(table, source_stream, target_stream, options, [](uint64_t) {});
  REQUIRE(found);
  return *found;
}

/// Rows that always come in this order.
class OrderedStream : public RowStream {
 public:
  explicit OrderedStream(std::vector<std::vector<Field>> rows) : rows_(std::move(rows)) {}
  Result<void> read(const std::function<bool(const std::vector<Field>&)>& row) override {
    for (const std::vector<Field>& fields : rows_) {
      if (!row(fields)) break;
    }
    return {};
  }

 private:
  std::vector<std::vector<Field>> rows_;
};

TEST_CASE("the hash of rows counts duplicates, and neither order nor spelling") {
  const std::vector<Row> source = {{"1", "a", "1.50"}, {"1", "a", "1.5"}, {"2", std::nullopt, "0"}};
  const Comparison equal = compared(keyless, source, {source[2], source[1], source[1]});
  CHECK(equal.source_hash == equal.target_hash);
  const Comparison fewer = compared(keyless, source, {source[2], source[1]});
  CHECK(fewer.source_hash == equal.source_hash);
  CHECK(fewer.target_hash != equal.source_hash);
  const Comparison null = compared(keyless, source, {source[0], source[0], {"2", "", "0"}});
  CHECK(null.target_hash != equal.source_hash);
  MemoryStream again(source);
  CHECK(*hash_rows(keyless, again) == HashedRows{3, equal.source_hash});
  // A key changes the order in which columns are hashed, and nothing else.
  const ComparedTable by_name = {keyed.columns, {1}};
  CHECK(hashed_order(by_name) == std::vector<size_t>{1, 0, 2});
  const Comparison by_key = compared(by_name, source, source);
  const ComparedTable in_that_order = {{keyed.columns[1], keyed.columns[0], keyed.columns[2]}, {}};
  MemoryStream turned({{"a", "1", "1.50"}, {"a", "1", "1.5"}, {std::nullopt, "2", "0"}});
  CHECK(hash_rows(in_that_order, turned)->hash == by_key.source_hash);
}

TEST_CASE("the hash of a row stays what it is, or row_hash_version is raised") {
  ComparedTable table;
  std::vector<Field> fields;
  const auto add = [&](const char* type, const char* value) {
    table.columns.push_back({type, canonical_type(type)});
    fields.push_back(value == nullptr ? Field{{}, true} : Field{value, false});
  };
  add("integer", "-7");
  add("text", "a\tb");
  add("numeric(10,2)", "1.50");
  add("double precision", "1e+20");
  add("real", "0.1");
  add("jsonb", R"({"b": [1.0], "a": null})");
  add("timestamp with time zone", "2026-01-02 03:04:05.6+01");
  add("timestamp without time zone", "2026-01-02 03:04:05");
  add("time with time zone", "10:00:00+02");
  add("interval", "1 mon 2 days 03:04:05");
  add("bytea", "\\x00FF");
  add("boolean", "t");
  add("inet", "10.0.0.1/32");
  add("character(3)", "a  ");
  add("integer[]", "{1,NULL}");
  add("uuid", nullptr);
  OrderedStream stream({fields});
  const HashedRows hashed = *hash_rows(table, stream);
  CHECK(row_hash_version == 1);
  CHECK(hashed.hash.high == 0x35ec411d70ae3f34);
  CHECK(hashed.hash.low == 0x7db921872df79108);
}

TEST_CASE("equal rows are read once, whatever their order and spelling") {
  MemoryStream source({{"1", "Paris", "1.50"}, {"2", std::nullopt, "0"}, {"3", "", std::nullopt}});
  MemoryStream target({{"3", "", std::nullopt}, {"2", std::nullopt, "0.0"}, {"1", "Paris", "1.5"}});
  const Result<Comparison> found = compare_rows(keyed, source, target, {}, [](uint64_t) {});
  REQUIRE(found);
  CHECK(found->truth_rows == 3);
  CHECK(found->success == 3);
  CHECK(found->missing + found->mismatch + found->extraneous == 0);
  CHECK(source.readings == 1);
  CHECK(target.readings == 1);
}

TEST_CASE("each difference is named with its values") {
  const Comparison found = compared(
      keyed,
      {{"1", "Paris", "1"}, {"2", "Lyon", "2"}, {"3", "", "3"}, {"10", "Metz", "4"}, {"5", "Brest", "5"}},
      {{"1", "Paris", "1"},
       {"2", "Lyons", "2.5"},
       {"3", std::nullopt, "3"},
       {"5", "Brest", "5"},
       {"11", "X", "0"}});
  CHECK(found.truth_rows == 5);
  CHECK(found.success == 2);
  CHECK(found.mismatch == 2);
  CHECK(found.missing == 1);
  CHECK(found.extraneous == 1);
  REQUIRE(found.differences.size() == 4);
  CHECK(found.differences[0].kind == Difference::Kind::mismatch);
  CHECK(found.differences[0].columns == std::vector<size_t>{1, 2});
  CHECK(found.differences[0].source == Row{"2", "Lyon", "2"});
  CHECK(found.differences[0].target == Row{"2", "Lyons", "2.5"});
  CHECK(found.differences[1].columns == std::vector<size_t>{1});
  CHECK(found.differences[1].target == Row{"3", std::nullopt, "3"});
  CHECK(found.differences[2].kind == Difference::Kind::missing);
  CHECK(found.differences[2].source == Row{"10", "Metz", "4"});
  CHECK(found.differences[2].target.empty());
  CHECK(found.differences[3].kind == Difference::Kind::extraneous);
  CHECK(found.differences[3].target == Row{"11", "X", "0"});
}

TEST_CASE("values that would read the same side by side are told apart") {
  CHECK(compared(keyless, {{"a", "bc", "1"}}, {{"ab", "c", "1"}}).success == 0);
  CHECK(compared(keyless, {{"\t", "\n\\", "1"}}, {{"\t", "\n\\", "1"}}).success == 1);
  const Comparison nulls = compared(keyless, {{std::nullopt, "", "1"}}, {{"", std::nullopt, "1"}});
  CHECK(nulls.missing == 1);
  CHECK(nulls.extraneous == 1);
  CHECK(compared(keyless, {}, {}).success == 0);
  CHECK(compared(keyless, {}, {{"a", "b", "1"}}).extraneous == 1);
}

TEST_CASE("a side that fails is the answer") {
  FailingStream failing;
  MemoryStream whole({{"1", "x", "1"}});
  CHECK_FALSE(compare_rows(keyed, failing, whole, {}, [](uint64_t) {}));
  CHECK_FALSE(compare_rows(keyed, whole, failing, {}, [](uint64_t) {}));
}

TEST_CASE("under an unordered limit the target has to be a part of the source") {
  std::vector<Row> source;
  for (int i = 0; i < 1000; ++i) source.push_back({std::to_string(i), "town", "1"});
  std::vector<Row> target;
  for (int i = 0; i < 1000; i += 10) target.push_back({std::to_string(i), "town", "1"});
  for (const size_t buckets : {size_t{1}, size_t{64}}) {
    CompareOptions options;
    options.buckets = buckets;
    options.unordered_limit = 100;
    const Comparison all = compared(keyed, source, target, options);
    CHECK(all.truth_rows == 100);
    CHECK(all.success == 100);
    CHECK(all.missing + all.mismatch + all.extraneous == 0);

    std::vector<Row> other = target;
    other[7][1] = "city";
    other[8][0] = "5000";
    other.pop_back();
    const Comparison some = compared(keyed, source, other, options);
    CHECK(some.success == 97);
    CHECK(some.mismatch == 1);
    CHECK(some.extraneous == 1);
    CHECK(some.missing == 2);
    REQUIRE(some.differences.size() == 2);
    CHECK(some.differences[0].source == Row{"70", "town", "1"});
    CHECK(some.differences[0].target == Row{"70", "city", "1"});

    // Fewer rows than the limit: all of them count.
    options.unordered_limit = 2000;
    CHECK(compared(keyed, source, target, options).missing == 900);
  }
}

struct Expected {
  uint64_t success = 0, missing = 0, mismatch = 0, extraneous = 0;
};

// What must be found, by the definition: per key, equal rows cancel out, the rest is paired off.
Expected expected(const ComparedTable& table, const std::vector<Row>& source,
                  const std::vector<Row>& target) {
  std::map<Row, std::map<Row, std::pair<uint64_t, uint64_t>>> keys;
  const auto key_of = [&](const Row& row) {
    if (table.key.empty()) return row;
    Row key;
    for (const size_t column : table.key) key.push_back(row[column]);
    return key;
  };
  for (const Row& row : source) ++keys[key_of(row)][row].first;
  for (const Row& row : target) ++keys[key_of(row)][row].second;
  Expected out;
  for (const auto& [key, rows] : keys) {
    uint64_t source_left = 0;
    uint64_t target_left = 0;
    for (const auto& [row, counts] : rows) {
      const uint64_t equal = std::min(counts.first, counts.second);
      out.success += equal;
      source_left += counts.first - equal;
      target_left += counts.second - equal;
    }
    const uint64_t pairs = std::min(source_left, target_left);
    out.mismatch += pairs;
    out.missing += source_left - pairs;
    out.extraneous += target_left - pairs;
  }
  return out;
}

TEST_CASE("random multisets: everything is counted and named exactly, in any memory") {
  const unsigned seed = GENERATE(range(0U, 60U));
  std::mt19937 random(seed);
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const ComparedTable& table = seed % 3 == 0 ? keyless : keyed;

  std::vector<Row> source;
  const int rows = number(2000);
  for (int i = 0; i < rows; ++i) {
    Row row = {std::to_string(seed % 5 == 0 ? number(300) : i), "town " + std::to_string(number(50)),
               std::to_string(number(9) + 1)};
    if (number(10) == 0) row[1] = std::nullopt;
    source.push_back(row);
  }
  std::vector<Row> target;
  const int rate = seed % 4 == 0 ? 2 : 50;  // differences everywhere, or few
  for (const Row& row : source) {
    if (number(rate) == 0) {
      switch (number(4)) {
        case 0:
          continue;
        case 1:
          target.push_back(row);
          target.back()[1] = "another";
          continue;
        case 2:
          target.push_back(row);
          break;
        default:
          target.push_back({"new " + std::to_string(number(100)), "x", "1"});
          break;
      }
    }
    target.push_back(row);
  }

  CompareOptions options;
  options.buckets = size_t{1} << (seed % 7);
  options.max_reported = 1'000'000;
  if (seed % 2 == 0) options.memory = 2000;
  const Comparison found = compared(table, source, target, options);
  const Expected truth = expected(table, source, target);
  CHECK(found.truth_rows == source.size());
  CHECK(found.target_rows == target.size());
  CHECK(found.success == truth.success);
  CHECK(found.missing == truth.missing);
  CHECK(found.mismatch == truth.mismatch);
  CHECK(found.extraneous == truth.extraneous);
  CHECK(found.success + found.missing + found.mismatch == found.truth_rows);
  CHECK(found.success + found.extraneous + found.mismatch == found.target_rows);
  CHECK(found.differences.size() == truth.missing + truth.mismatch + truth.extraneous);

  // Taking the reported rows away from both sides leaves equal multisets.
  std::multiset<Row> left(source.begin(), source.end());
  std::multiset<Row> right(target.begin(), target.end());
  for (const Difference& difference : found.differences) {
    CHECK(difference.source.empty() == (difference.kind == Difference::Kind::extraneous));
    CHECK(difference.target.empty() == (difference.kind == Difference::Kind::missing));
    if (difference.kind == Difference::Kind::mismatch) CHECK_FALSE(difference.columns.empty());
    if (!difference.source.empty()) left.extract(difference.source);
    if (!difference.target.empty()) right.extract(difference.target);
  }
  CHECK((left == right));

  options.max_reported = 3;
  const Comparison few = compared(table, source, target, options);
  CHECK(few.mismatch == truth.mismatch);
  CHECK(few.differences.size() == std::min<size_t>(3, found.differences.size()));
}

}  // namespace
}  // namespace pg2crdb
