#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/batch_writer.h"
#include "runtime/chunk_marks.h"
#include "runtime/connection.h"
#include "runtime/import_into.h"
#include "runtime/load_queue.h"
#include "runtime/reject_file.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"

namespace pg2crdb {

/// One load: a reader gives batches, workers send them. Batches are the chunks of a load with COPY.
class Loader : private BatchSink {
 public:
  Loader(const LoadPlan& plan, const LoadOptions& options, Journal& journal, Observer& observer);
  Result<std::vector<LoadedTable>> run();

 private:
  struct Table {
    explicit Table(const LoadPlan::Table& table);

    const LoadPlan::Table& planned;
    const std::string name;  ///< as SQL has it
    const Step step;
    const bool in_turn;
    bool wanted = true;
    ChunkMarks::Marks there;  ///< chunks that the run before brought; not changed while rows are read
    std::mutex mutex;         ///< of what follows
    uint64_t pending = 0;
    bool read = false;
    bool done = false;
    bool changed = false;  ///< rows of a chunk that is there are others now
    bool refused = false;  ///< its IMPORT was, because of rows, some of which may be rejected
    bool by_copy = false;  ///< behind that; not changed while rows are read
    size_t seen = 0;       ///< of `there`
    uint64_t given = 0;
    uint64_t bytes = 0;  ///< of those
    uint64_t loaded = 0;
    uint64_t rejected = 0;
    std::unique_ptr<TableImport> import;
  };

  // Before the first row: load_prepare.cpp.
  Result<void> prepare();
  Result<void> open_marks(Connection& target);
  Result<void> take_over(Table& table, const std::string& detail);
  /// The job that a run with IMPORT INTO left at work on the table: it is waited for where its files are
  /// still served, else cancelled. Whether it has brought all rows, as far as there is one.
  enum class Import { whole, not_whole, not_found };
  Result<Import> settle_import(Connection& target, Table& table);
  /// False: it has to be loaded from its beginning.
  Result<bool> find_chunks(Connection& target, Table& table);
  Result<void> check_empty(Connection& target, Table& table) const;
  Result<void> make_empty(Connection& target, Table& table, std::string_view why);

  // The threads: load.cpp.
  Result<void> pass();
  Result<void> load_again();
  void doubt_all();
  size_t chunk_bytes() const;  ///< that fit this run's memory
  /// Whether each chunk leaves a mark. An IMPORT takes a table's rows as one: there the run has its own
  /// alone.
  bool marks_chunks() const { return marks_ && marks_->kept() && options_.method == LoadMethod::copy; }
  Result<void> read();
  bool table_begins(size_t index) override;
  bool take(Batch batch) override;
  bool table_ends(size_t index) override;
  void input_changed() override { input_changed_ = true; }
  /// The first error counts; everybody stops. Always false.
  bool fail(Error error);
  template <class Function>
  void guarded(const Function& function);
  Result<void> work();
  Result<void> complete_table(Connection& target, Table& table);

  // A batch and its rows: load_batch.cpp.
  Result<void> load_batch(BatchWriter& writer, Table& table, const Batch& batch);
  Result<void> send_good(BatchWriter& writer, Table& table, const Batch& batch,
                         const std::vector<Transcoder::BadRow>& bad, uint64_t good, const Hash128& content);
  bool is_there(Table& table, const Batch& batch, const Hash128& content);
  TableImport& import_of(Table& table);
  void count_loaded(Table& table, uint64_t rows, uint64_t bytes);
  Result<void> sort_out(BatchWriter& writer, Table& table, const Batch& batch,
                        const std::vector<Transcoder::BadRow>& bad, uint64_t good);
  Result<void> load_half(BatchWriter& writer, Table& table, const Batch& batch,
                         const std::vector<size_t>& begins, const std::vector<uint64_t>& indexes);
  Result<void> reject(Table& table, const Batch& batch, uint64_t index, const Error& why);

  static Error about(const Table& table, Error error);

  const LoadPlan& plan_;
  const LoadOptions& options_;
  Journal& journal_;
  Observer& observer_;
  const unsigned jobs_;
  std::unique_ptr<LoadQueue> queue_;  ///< of a pass
  std::unique_ptr<ImportStore> store_;
  std::optional<ChunkMarks> marks_;
  std::vector<std::unique_ptr<Table>> tables_;
  RejectFile rejects_;
  std::atomic<uint64_t> bad_rows_ = 0;
  std::atomic<bool> input_changed_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

}  // namespace pg2crdb
