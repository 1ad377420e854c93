#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "rows/copy_text.h"
#include "runtime/row_source.h"
#include "scan/key_sample.h"
#include "scan/value_checks.h"
#include "support/result.h"

namespace pg2crdb {

/// What a CHECK says of a row's values: nothing where it is NULL, with which PostgreSQL is content. Called by
/// several threads.
using Condition = std::function<std::optional<bool>(const std::vector<Field>& values)>;

/// What is asked of a table's rows.
struct Question {
  enum class Kind {
    value,      ///< rows whose value in the one column passes `test`
    row_size,   ///< rows of more than `limit` bytes, as the dump has them
    reference,  ///< rows whose `columns` are the `referenced_columns` of no row
    growth,     ///< rows whose integer in the one column is larger than that of the row before
    condition,  ///< rows of which `condition` says no
    keys,       ///< rows that stand where one of `keys` does, and whose `columns` hash to it
  };
  Kind kind = Kind::value;
  size_t table = 0;             ///< index in the plan's tables, as `referenced`
  std::vector<size_t> columns;  ///< indexes in the table's columns
  ValueTest (*make)(const LoadPlan::Column& column) = nullptr;  ///< of `value`
  uint64_t limit = 0;
  size_t referenced = 0;
  std::vector<size_t> referenced_columns = {};  ///< one a column of `columns`
  Condition condition = {};                     ///< of the values of `columns`, in their order
  std::vector<KeySample::Key> keys = {};
  bool all_or_none_null = false;  ///< MATCH FULL: a row with some NULLs breaks the reference
};

/// A row that was looked for.
struct SeenRow {
  std::string file;
  uint64_t line = 0;  ///< in it
  std::string key;    ///< "id = 5"; empty where the table has no key
  std::string value;  ///< its beginning, on one line; of several columns with their names: "a = 1, b = x"
};

struct Answer {
  static constexpr size_t most_shown = 3;
  uint64_t rows = 0;        ///< that were looked at, and understood
  uint64_t found = 0;       ///< of them
  uint64_t unread = 0;      ///< besides: rows whose values were not understood, of a reference in both tables
  uint64_t one_key_in = 1;  ///< of a reference: more than 1 where keys were sampled, and `found` is of those
  std::vector<SeenRow> first;  ///< of those found, in the order of the dump, `most_shown` at most
  // Of growth:
  int64_t lowest = std::numeric_limits<int64_t>::max();
  int64_t highest = std::numeric_limits<int64_t>::min();
};

struct ScanOptions {
  unsigned jobs = 1;                     ///< threads that look at rows
  size_t most_keys = size_t{2} << 20;    ///< of a reference's table that are kept: more are sampled
  uint64_t growth_rows = 100'000;        ///< of a table that is asked for growth alone: the first of its rows
  size_t batch_bytes = size_t{4} << 20;  ///< that a thread takes at a time
};

/// Answers the questions, one answer each, in one reading of the rows that the plan has for their tables;
/// other tables' rows are passed over. Memory does not grow with the rows, but with the longest of them.
/// Fails where the inputs cannot be read, or are not what the plan was made of; stops with
/// Error::Kind::interrupted where `stop_requested` is set.
Result<std::vector<Answer>> scan_rows(const LoadPlan& plan, const std::vector<Question>& questions,
                                      const ScanOptions& options, const OpenInput& open);

}  // namespace pg2crdb
