#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/compare.h"
#include "runtime/compared_columns.h"
#include "runtime/connection.h"
#include "runtime/equal_keys.h"
#include "support/result.h"

namespace pg2crdb {

/// A table's columns, by where they are compared.
struct PushDown {
  std::vector<size_t> hashed;    ///< in the databases; with the key, which is first; empty: nothing is
  std::vector<size_t> streamed;  ///< with the key, where there are any: no expression gives the same text for
                                 ///< equal values on both servers
  std::string why_not;           ///< nothing is hashed

  /// What a person has to know of it.
  std::vector<std::string> sentences(const std::string& table, const Selection& selection) const;
};

/// `source` is asked how its texts are encoded.
PushDown plan_push_down(const LoadPlan& plan, const Selection& selection, Connection& source);

/// What a comparison in the databases came to.
struct PushedDown {
  Comparison found;           ///< without hashes of its own of all rows
  uint64_t ranges = 0;        ///< that were hashed: coarse ones, and the pieces of those that differ
  uint64_t opened = 0;        ///< those whose rows were compared
  uint64_t hash_bytes = 0;    ///< that came from both sides, of hashes, keys and numbers of rows
  uint64_t row_bytes = 0;     ///< of rows
  uint64_t equal_before = 0;  ///< rows that the run before found equal: they were not hashed again
};

struct PushDownSide {
  Connection& connection;
  std::string from;  ///< the table, as it stands in FROM
};

/// Compares a table of about `rows` rows as compare_rows() does. Both databases hash the rows by coarse
/// ranges, of the key where that begins with an integer, of the rows' own hashes otherwise; a range that
/// differs is cut, and the pieces that differ are opened, all of the table where a streamed column differs.
/// Equal hashes are equal rows, but for collisions: each value goes into them as a text that holds all of the
/// value, and such texts do not run into one another; two texts of one value only cost that the range is
/// opened. Ranges of keys that are equal are added to `equal` on the way; the keys that it has are left out
/// where the target has as many rows of them as then. `progress` is told how many of the source's rows were
/// hashed or read. Fails with an SQLSTATE where a database cannot hash (as one that forbids MD5); its session
/// is in a failed transaction then.
Result<PushedDown> compare_pushed_down(const PushDownSide& source, const PushDownSide& target,
                                       const LoadPlan& plan, const Selection& selection,
                                       const PushDown& columns, uint64_t rows, const CompareOptions& options,
                                       EqualKeys& equal, const std::function<void(uint64_t)>& progress);

}  // namespace pg2crdb
