#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/ask_again.h"
#include "runtime/compare.h"
#include "runtime/compared_columns.h"
#include "runtime/compared_moment.h"
#include "runtime/compared_streams.h"
#include "runtime/connection.h"
#include "runtime/key_ranges.h"
#include "runtime/push_down.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
#include "runtime/verify_log.h"
#include "support/result.h"

namespace pg2crdb {

/// Which of a table's rows are compared.
struct Shard {
  KeyRange keys = {};  ///< of the key's first column, an integer
  uint64_t number = 1;
  uint64_t count = 1;  ///< of one, the rows are all there are
};

/// The plan's tables in the order of the inputs, which are then read front to back.
std::vector<size_t> by_input(const LoadPlan& plan);

/// Of a table, as it stands in FROM.
Result<uint64_t> count_rows(Connection& side, const std::string& from);

/// Compares tables of a plan, row by row. Safe from several threads, each with sessions of its own.
class TableComparer {
 public:
  /// All have to outlive this.
  TableComparer(const LoadPlan& plan, const VerifyOptions& options, size_t jobs, Observer& observer);

  /// A table of this index in the plan, and logs what differs. Of a table that the target lacks all rows are
  /// missing. Opens the sessions that it needs and that are not open; they may be in failed transactions
  /// behind an error.
  Result<VerifiedTable> compare(size_t index, const Shard& shard, Sessions& sessions);

  /// Whether a shard of the table may be named by keys: both sides find its rows by them.
  bool has_shards(size_t index) const;
  /// The key's first column, by its name on the side.
  std::string first_key(size_t index, std::string LoadPlan::Column::*name) const;

 private:
  /// Of the rows that differ.
  enum class Shown { rows, numbers };
  /// A table that is compared, and what is said of it.
  struct Compared {
    size_t index;
    const LoadPlan::Table& table;
    const Shard& shard;
    VerifyLog& log;
    Sessions& sessions;
  };

  Result<void> check_source_was_whole(const Compared& compared);
  Result<std::optional<VerifiedTable>> compare_what_is_there(const Compared& compared);
  Result<VerifiedTable> compare_columns(const Compared& compared, const Selection& selection);
  Result<VerifiedTable> compare_all(const Compared& compared, const Selection& selection);
  Result<VerifiedTable> compare_streams(const Compared& compared, const Selection& selection,
                                        RowStream& target, Shown shown);
  bool may_compare_texts(const Selection& selection) const;
  Result<std::optional<VerifiedTable>> compare_texts(const Compared& compared, const Selection& selection);
  Result<std::optional<VerifiedTable>> push_down(const Compared& compared, const Selection& selection);
  Result<VerifiedTable> compare_sample(const Compared& compared, const Selection& selection, uint64_t rows);
  Result<uint64_t> source_rows(const Compared& compared) const;

  /// Differences that are kept: of rows that may be asked again all, within reason.
  uint64_t kept_differences(const Selection& selection) const;
  bool may_ask_again(const Selection& selection) const;
  /// Asks again for the rows that differ, where that can be.
  Result<AskedAgain> settle(const Compared& compared, const Selection& selection,
                            const Comparison& found) const;
  /// The same of numbers of rows that differ.
  Result<RowCounts> settle_counts(const Compared& compared, const Selection& selection,
                                  const RowCounts& found) const;
  Result<Comparison> look_at(Sessions& sessions, const LoadPlan::Table& table, const Selection& selection,
                             const std::vector<Difference::Row>& rows) const;
  void report(const Compared& compared, const Selection& selection, const AskedAgain& asked,
              Shown shown = Shown::rows) const;

  /// The shard's rows, as they stand in FROM.
  Result<std::string> from_source(const Compared& compared, Connection& source) const;
  std::string from_target(const Compared& compared) const;
  std::unique_ptr<RowStream> dump_stream(size_t index, const Selection& selection, Converter& converter);

  const LoadPlan& plan_;
  const VerifyOptions& options_;
  Observer& observer_;
  const TypesByName composites_;
  ReusedInputs inputs_;
  std::set<size_t> lasts_;  ///< tables that hold the last rows of an input
};

}  // namespace pg2crdb
