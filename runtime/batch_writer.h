#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "runtime/row_source.h"
#include "runtime/transcode.h"
#include "support/result.h"

namespace pg2crdb {

/// Sends batches of rows to the target through one session, batch by batch to any table.
class BatchWriter {
 public:
  explicit BatchWriter(Connection target) : target_(std::move(target)) {}

  Connection& target() { return target_; }

  /// What follows is about this batch, whose table it names. Both have to stay where they are.
  void turn_to(const LoadPlan::Table& table, const Batch& batch);
  /// What follows is about another table, even where that one lies in the same place.
  void turn_away() {
    turned_to_ = nullptr;
    turned_to_columns_.reset();
  }
  /// The columns that are loaded, by their names on the target; none: rows can only be sent.
  const std::vector<std::string>& columns() const { return columns_; }
  std::string_view null_word() const { return transcoder_->null_word(); }

  /// Forgets what was added.
  void clear() { csv_.clear(); }
  /// Adds rows of the batch as CSV, bad ones left out and noted. The number of rows given.
  uint64_t add(std::string_view rows, std::vector<Transcoder::BadRow>& bad) {
    return transcoder_->append(csv_, rows, bad);
  }
  std::string_view csv() const { return csv_.view(); }
  /// Sends what was added, `rows` rows, in one transaction: all or none are there afterwards. The number that
  /// the target says it took, always `rows`: another one is an error. `mark` is the statement of ChunkMarks
  /// that goes with them, and says whether they are there already; empty for none. `before_commit`, which
  /// needs a mark, is called behind the rows, in their transaction: where it fails, so does the whole.
  using BeforeCommit = std::function<Result<void>(Connection&)>;
  Result<uint64_t> send(uint64_t rows, const std::string& mark, const BeforeCommit& before_commit = {});

 private:
  Result<uint64_t> send_once(uint64_t rows, const std::string& mark, const BeforeCommit& before_commit);
  Result<uint64_t> send_rows(uint64_t rows);
  Result<uint64_t> copy();
  Result<uint64_t> insert_defaults(uint64_t rows);

  Connection target_;
  CsvBuffer csv_;
  std::optional<Transcoder> transcoder_;
  std::shared_ptr<const std::vector<std::string>> turned_to_columns_;
  const LoadPlan::Table* turned_to_ = nullptr;
  std::vector<std::string> columns_;
  std::string copy_statement_;
};

/// What a server says about a row rather than about itself.
bool is_about_data(const std::string& sqlstate);

/// Stopped by a signal, resumable.
Error load_stopped();

}  // namespace pg2crdb
