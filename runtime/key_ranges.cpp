#include "runtime/key_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace pg2crdb {
namespace {

/// Ranges that one statement hashes: a round trip for each would be slow on a slow network, and a statement
/// that names hundreds of columns for each is long.
constexpr size_t ranges_a_statement = 64;
constexpr size_t statement_bytes = size_t{128} << 10;
/// A longer text of a row is hashed before those of a range become one: what a server has in memory for a
/// range does not depend on how long rows become behind the first ones.
constexpr int longest_text = 1024;

std::string in_range(const std::string& key, const KeyRange& range) {
  if (!range.begin && !range.end) return "true";
  if (!range.begin) return fmt::format("({0} < {1} OR {0} IS NULL)", key, *range.end);
  std::string condition = fmt::format("{} >= {}", key, *range.begin);
  if (range.end) condition += fmt::format(" AND {} < {}", key, *range.end);
  return condition;
}

void count_bytes(const Rows& rows, uint64_t& bytes) {
  for (const std::vector<std::string>& row : rows.values) {
    for (const std::string& value : row) bytes += value.size() + 4;  // and its length
  }
}

/// A row of the number of a range, its rows and their hash. PostgreSQL would sort the rows of an aggregate
/// that has an order of its own, though the key's index has them sorted; it takes them as the subquery has
/// them.
std::string hash_of(const KeyedSide& side, const KeyRange& range, size_t number) {
  const bool is_cockroachdb = side.connection.is_cockroachdb();
  const std::string order = side.unique ? " ORDER BY k" : " ORDER BY k, d";
  // A row's text begins with a number, or with the hyphen of NULL.
  return fmt::format(
      "SELECT {} AS r, count(*) AS n, coalesce(md5(string_agg(CASE WHEN octet_length(d) > {} THEN '#' || "
      "md5(d) ELSE d END, '|'{})), '') AS h"
      " FROM (SELECT {} AS k, ({}){} AS d FROM {} WHERE {}{} LIMIT {}) AS rows_{}",
      number, longest_text, is_cockroachdb ? order : "", side.key, side.text,
      is_cockroachdb ? "" : " COLLATE \"C\"", side.from, in_range(side.key, range),
      is_cockroachdb ? "" : order, side.most + 1, number);
}

}  // namespace

Result<uint64_t> row_bytes(Connection& connection, const std::string& from, const std::string& text) {
  const Result<Rows> found = connection.query(fmt::format(
      "SELECT coalesce(avg(octet_length(d)), 0)::INT8 FROM (SELECT {} AS d FROM {} LIMIT 1000) AS first_rows",
      text, from));
  if (!found) return found.error();
  return std::strtoull(found->values[0][0].c_str(), nullptr, 10);
}

Result<std::optional<std::vector<KeyRange>>> cut(const KeyedSide& side, const std::vector<KeyRange>& ranges,
                                                 uint64_t rows, uint64_t& bytes) {
  const Result<Rows> found = side.connection.query(fmt::format(
      "SELECT k FROM (SELECT {0} AS k, row_number() OVER (ORDER BY {0}) AS n FROM {1} WHERE {2}) AS numbered "
      "WHERE n % {3} = 0 AND k IS NOT NULL ORDER BY k",
      side.key, side.from, in_ranges(side.key, ranges), rows));
  if (!found) return found.error();
  count_bytes(*found, bytes);
  std::vector<int64_t> keys;
  uint64_t same = 0;
  for (const std::vector<std::string>& row : found->values) {
    int64_t key = 0;
    std::from_chars(row[0].data(), row[0].data() + row[0].size(), key);
    same = !keys.empty() && keys.back() == key ? same + 1 : 0;
    if ((same + 2) * rows > side.most) return std::optional<std::vector<KeyRange>>();
    if (same == 0) keys.push_back(key);
  }
  std::vector<KeyRange> pieces;
  auto key = keys.begin();
  for (KeyRange range : ranges) {
    if (range.begin) key = std::upper_bound(key, keys.end(), *range.begin);
    for (; key != keys.end() && (!range.end || *key < *range.end); ++key) {
      pieces.push_back({range.begin, *key});
      range.begin = *key;
    }
    pieces.push_back(range);
  }
  return std::optional(std::move(pieces));
}

Result<std::vector<HashedRange>> hash_ranges(const KeyedSide& side, const std::vector<KeyRange>& ranges,
                                             uint64_t& bytes, const std::function<bool(uint64_t)>& progress) {
  std::vector<HashedRange> hashed(ranges.size());
  uint64_t rows = 0;
  for (size_t next = 0; next < ranges.size();) {
    std::string statement;
    const size_t end = std::min(ranges.size(), next + ranges_a_statement);
    for (; next < end && statement.size() < statement_bytes; ++next)
      statement += (statement.empty() ? "" : " UNION ALL ") + hash_of(side, ranges[next], next);
    const Result<Rows> found = side.connection.query(statement);
    if (!found) return found.error();
    count_bytes(*found, bytes);
    for (const std::vector<std::string>& row : found->values) {
      HashedRange& range = hashed[std::strtoull(row[0].c_str(), nullptr, 10)];
      range = {std::strtoull(row[1].c_str(), nullptr, 10), row[2]};
      rows += range.rows;
    }
    if (!progress(rows)) return std::vector<HashedRange>();
  }
  return hashed;
}

std::string in_ranges(const std::string& key, const std::vector<KeyRange>& ranges) {
  std::string condition;
  for (size_t i = 0; i < ranges.size(); ++i) {
    KeyRange range = ranges[i];
    while (i + 1 < ranges.size() && range.end && ranges[i + 1].begin == range.end)
      range.end = ranges[++i].end;
    condition += fmt::format("{}({})", condition.empty() ? "" : " OR ", in_range(key, range));
  }
  return condition;
}

}  // namespace pg2crdb
