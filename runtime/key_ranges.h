#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// One side of a table whose key begins with an integer.
struct KeyedSide {
  Connection& connection;
  std::string from;  ///< the table, as it stands in FROM
  std::string key;   ///< the column's name, quoted
  std::string text;  ///< an expression: all of a row; it begins with the key's value
  bool unique;       ///< no two rows have one value of it
  uint64_t most;     ///< rows of a range, so that its texts fit into a server's memory
};

/// Keys from one on, up to another; without a bound: all of that side. NULL, which a source may have where
/// the target's key has none, is below all.
struct KeyRange {
  std::optional<int64_t> begin, end;
};

struct HashedRange {
  uint64_t rows = 0;
  std::string hash;
  bool operator==(const HashedRange&) const = default;
};

/// About how many bytes a row's text has, an expression, by the first thousand rows.
Result<uint64_t> row_bytes(Connection& connection, const std::string& from, const std::string& text);

/// The ranges, each cut so that a piece has about `rows` of the side's rows; pieces of one key stay whole.
/// Nothing where some key has so many that a range would have more than the side's most. Adds what came from
/// the server to `bytes`.
Result<std::optional<std::vector<KeyRange>>> cut(const KeyedSide& side, const std::vector<KeyRange>& ranges,
                                                 uint64_t rows, uint64_t& bytes);

/// The hash of each range's rows in the order of their keys; of a range with more than the side's most it is
/// that of some of them, and the number is too high. `progress` is told how many rows were hashed,
/// and whether to go on is what it answers: an empty vector where not.
Result<std::vector<HashedRange>> hash_ranges(const KeyedSide& side, const std::vector<KeyRange>& ranges,
                                             uint64_t& bytes, const std::function<bool(uint64_t)>& progress);

/// The condition that a row's key is in one of these, which are in order; neighbours become one.
std::string in_ranges(const std::string& key, const std::vector<KeyRange>& ranges);

}  // namespace pg2crdb
