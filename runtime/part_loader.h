#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "plan/load_plan.h"
#include "runtime/batch_writer.h"
#include "runtime/chunk_marks.h"
#include "runtime/leases.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// Loads one part that a worker has the lease of: its chunks that are not there yet, each in a transaction
/// with its mark, at whose end the lease is asked for.
class PartLoader : private BatchSink {
 public:
  enum class End { done, lost, refused };

  /// `arrived` is called with each chunk that arrives. All have to outlive this.
  PartLoader(const LoadPlan& plan, const ChunkMarks& marks, const Leases& leases, const Lease& lease,
             BatchWriter& writer, Observer& observer, std::function<void()> arrived);
  ~PartLoader() override;
  PartLoader(const PartLoader&) = delete;
  PartLoader& operator=(const PartLoader&) = delete;

  /// From a session with the live source, or from the plan's inputs. No row is longer than `longest_row`
  /// bytes. An error is none of the rows' own: those that the target refuses are noted with the lease.
  Result<End> load_from(Connection& source, size_t longest_row);
  Result<End> load_from(ReusedInputs& inputs, size_t longest_row);

  /// That this worker brought, or found.
  uint64_t rows() const { return rows_; }

 private:
  bool table_begins(size_t /*table*/) override { return !stop_requested; }
  bool take(Batch batch) override;
  bool table_ends(size_t /*table*/) override { return true; }

  RowSourceOptions reading(size_t longest_row) const;
  Result<void> find_marks();
  Result<End> end(const Result<void>& read);
  Result<void> take_rows(const Batch& batch);
  Result<void> send(const Batch& batch);
  /// The rows of the batch are refused: noted, and nothing more is read.
  Result<void> refuse(const Batch& batch, const std::string& why, std::optional<uint64_t> row = {});

  const LoadPlan& plan_;
  const ChunkMarks& marks_;
  const Leases& leases_;
  const Lease& lease_;
  BatchWriter& writer_;
  Observer& observer_;
  const std::function<void()> arrived_;
  const size_t table_;
  const std::string name_;
  ChunkMarks::Marks there_;
  uint64_t seen_ = 0;  ///< of those
  uint64_t rows_ = 0;
  bool lost_ = false;
  bool refused_ = false;
  std::optional<Error> error_;
};

}  // namespace pg2crdb
