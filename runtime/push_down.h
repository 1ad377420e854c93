#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "plan/load_plan.h"
#include "runtime/compare.h"
#include "runtime/compared_columns.h"
#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// What a comparison in the databases came to.
struct PushedDown {
  Comparison found;         ///< without hashes of its own of all rows
  uint64_t ranges = 0;      ///< that rows fall into, by the hash of their key
  uint64_t opened = 0;      ///< those whose hashes differ: their rows were compared
  uint64_t hash_bytes = 0;  ///< that came from both sides, of hashes and numbers of rows
  uint64_t row_bytes = 0;   ///< of rows
};

/// Why the table's rows cannot be hashed in both databases: the first column that has no expression which
/// gives the same text for equal values on both. Nothing where they can.
std::optional<std::string> not_pushed_down(const LoadPlan& plan, const Selection& selection,
                                           Connection& source);

/// Compares a table of about `rows` rows as compare_rows() does. Both databases hash the rows; what differs
/// is opened by ranges of keys. Equal hashes are equal rows, but for collisions: each value goes into them
/// with its length, as a text that holds all of the value; two texts of one value only cost that the range is
/// opened. `source_table` as it stands in FROM. Fails with an SQLSTATE where a database cannot hash (as one
/// that forbids MD5); its session is in a failed transaction then.
Result<PushedDown> compare_pushed_down(Connection& source, const std::string& source_table,
                                       Connection& target, const LoadPlan& plan, const LoadPlan::Table& table,
                                       const Selection& selection, uint64_t rows,
                                       const CompareOptions& options,
                                       const std::function<void(uint64_t)>& progress);

}  // namespace pg2crdb
