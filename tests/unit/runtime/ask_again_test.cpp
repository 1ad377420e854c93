#include "runtime/ask_again.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <string>
#include <vector>

namespace pg2crdb {
namespace {

using std::chrono::milliseconds;
using Values = std::map<std::string, std::string>;  ///< by key

constexpr std::array no_waits = {milliseconds(0), milliseconds(0), milliseconds(0)};

/// Both sides at one moment.
struct Sides {
  Values source, target;
  bool written = false;
};

Difference::Row row_of(const Values::value_type& value) {
  return {value.first, value.second};
}

void compare_key(const Sides& sides, const std::string& key, Comparison& found) {
  const auto source = sides.source.find(key);
  const auto target = sides.target.find(key);
  const bool here = source != sides.source.end();
  const bool there = target != sides.target.end();
  if (here && there && source->second == target->second) ++found.success;
  if (here == there && (!here || source->second == target->second)) return;
  Difference& difference = found.differences.emplace_back();
  if (here) difference.source = row_of(*source);
  if (there) difference.target = row_of(*target);
  ++(here && there ? found.mismatch : here ? found.missing : found.extraneous);
}

Comparison all_of(const Sides& sides) {
  Comparison found;
  std::map<std::string, bool> keys;
  for (const auto& [key, value] : sides.source) keys[key];
  for (const auto& [key, value] : sides.target) keys[key];
  for (const auto& [key, unused] : keys) compare_key(sides, key, found);
  found.truth_rows = found.success + found.missing + found.mismatch;
  return found;
}

Look look_at(const Sides& sides) {
  return {.compare =
              [&](const std::vector<Difference::Row>& rows) {
                Comparison found;
                for (const Difference::Row& row : rows) compare_key(sides, *row[0], found);
                return Result<Comparison>(found);
              },
          .written = sides.written};
}

/// Of the first moment and the looks behind it; `looks` is how many there were.
AskedAgain asked_again(const std::vector<Sides>& moments, size_t& looks) {
  looks = 0;
  const Looks asked = {.then = look_at(moments.front()),
                       .now = [&] { return Result<Look>(look_at(moments.at(++looks))); }};
  const auto found = ask_again(all_of(moments.front()), asked, no_waits);
  REQUIRE(found);
  REQUIRE(*found);
  return **found;
}

TEST_CASE("a difference that stays is one, after one look") {
  const Sides sides = {{{"1", "a"}, {"2", "b"}, {"3", "c"}}, {{"2", "x"}, {"3", "c"}, {"4", "d"}}};
  size_t looks = 0;
  const auto [found, equal_now, changing] = asked_again({sides, sides}, looks);
  CHECK(looks == 1);
  CHECK((found.truth_rows == 3 && found.success == 1));
  CHECK((found.missing == 1 && found.mismatch == 1 && found.extraneous == 1));
  CHECK((equal_now == 0 && changing == 0));
  CHECK(found.differences.size() == 3);
}

TEST_CASE("rows on their way arrive while they are asked for again") {
  const Sides first = {{{"1", "a"}, {"2", "b"}, {"3", "c"}}, {{"2", "x"}, {"3", "c"}, {"4", "d"}}, false};
  Sides then = first;
  then.written = true;  // nothing arrived, but something was written
  Sides some = first;
  some.target["1"] = "a";
  Sides last = some;
  last.target["2"] = "b";
  last.target.erase("4");
  size_t looks = 0;
  const auto [found, equal_now, changing] = asked_again({first, then, some, last}, looks);
  CHECK(looks == 3);
  CHECK((found.truth_rows == 3 && found.success == 3));
  CHECK((found.missing == 0 && found.mismatch == 0 && found.extraneous == 0));
  CHECK((equal_now == 3 && changing == 0));
  CHECK(found.differences.empty());
}

TEST_CASE("a row that is deleted on both sides is none of the truth's") {
  const Sides first = {{{"1", "a"}, {"2", "b"}}, {{"2", "b"}}};
  const Sides last = {{{"2", "b"}}, {{"2", "b"}}};
  size_t looks = 0;
  const auto [found, equal_now, changing] = asked_again({first, last}, looks);
  CHECK((found.truth_rows == 1 && found.success == 1 && found.missing == 0 && equal_now == 1));
}

TEST_CASE("rows that change at each look are told apart from those that differ") {
  std::vector<Sides> moments;
  for (const char* value : {"a", "b", "c", "d"})
    moments.push_back({{{"1", value}, {"2", "b"}}, {{"1", "x"}}});
  size_t looks = 0;
  const auto [found, equal_now, changing] = asked_again(moments, looks);
  CHECK(looks == no_waits.size());
  CHECK((found.mismatch == 1 && found.missing == 1 && changing == 1 && equal_now == 0));
  CHECK(*found.differences.front().source[1] == "d");
}

TEST_CASE("what the keys do not lead to again is not taken for equal") {
  const Sides sides = {{{"1", "a"}}, {}};
  const Sides nothing;
  const Looks looks = {.then = look_at(nothing), .now = [&] { return Result<Look>(look_at(nothing)); }};
  const auto found = ask_again(all_of(sides), looks, no_waits);
  REQUIRE(found);
  CHECK_FALSE(*found);
}

TEST_CASE("more rows than one statement asks for are asked for again, each of them") {
  Sides first;
  for (int i = 0; i < 1300; ++i) first.source[std::to_string(i)] = "a";
  Sides last = first;
  last.target = first.source;
  last.target.erase("700");
  size_t looks = 0;
  const auto [found, equal_now, changing] = asked_again({first, last, last}, looks);
  CHECK((found.missing == 1 && found.success == 1299 && found.truth_rows == 1300 && equal_now == 1299));
}

TEST_CASE("numbers of rows are counted again while either moves, and not once they are equal") {
  const auto counted = [](const std::vector<CountedLook>& moments) {
    size_t looks = 0;
    const Result<RowCounts> last = count_again(
        {10, 9}, [&] { return Result<CountedLook>(moments.at(looks++)); }, no_waits);
    REQUIRE(last);
    return std::pair(*last, looks);
  };
  CHECK(counted({{{10, 9}}}) == std::pair(RowCounts{10, 9}, size_t{1}));
  CHECK(counted({{{11, 11}, true}}) == std::pair(RowCounts{11, 11}, size_t{1}));
  CHECK(counted({{{10, 9}, true}, {{10, 9}}}) == std::pair(RowCounts{10, 9}, size_t{2}));
  CHECK(counted({{{11, 9}}, {{12, 9}}, {{13, 9}}}) == std::pair(RowCounts{13, 9}, size_t{3}));
}

TEST_CASE("a side that fails ends it") {
  const Sides sides = {{{"1", "a"}}, {}};
  const Error away{Error::Kind::interrupted, "the server went away", {}, {}};
  const Looks looks = {.then = look_at(sides), .now = [&] { return Result<Look>(away); }};
  const auto found = ask_again(all_of(sides), looks, no_waits);
  REQUIRE_FALSE(found);
  CHECK(found.error().message == away.message);
}

}  // namespace
}  // namespace pg2crdb
