#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "runtime/batch_writer.h"
#include "runtime/connection.h"
#include "runtime/import_into.h"
#include "runtime/load_detail.h"
#include "runtime/load_queue.h"
#include "runtime/loaded_columns.h"
#include "runtime/reject_file.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
#include "target/quote.h"

namespace pg2crdb {

namespace {

/// Raw rows in flight take this many times their size at the worst: queued, as CSV with every byte quoted, in
/// libpq's buffer.
constexpr uint64_t kMemoryPerByte = 4;
constexpr size_t kLargestBatch = size_t{4} << 20;
constexpr size_t kSmallestBatch = size_t{16} << 10;
constexpr uint64_t kLargestQueue = uint64_t{64} << 20;

constexpr std::string_view kResume = "run the same command with --resume";

/// What a server says about a row rather than about itself.
bool is_about_data(const std::string& sqlstate) {
  return sqlstate.starts_with("22") || sqlstate.starts_with("23") || sqlstate == "XXUUU" ||
         sqlstate == "54000";
}

class Loader : private BatchSink {
 public:
  Loader(const LoadPlan& plan, const LoadOptions& options, Journal& journal, Observer& observer)
      : plan_(plan),
        options_(options),
        journal_(journal),
        observer_(observer),
        jobs_(options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())),
        queue_(std::min(kLargestQueue, options.memory / kMemoryPerByte)),
        rejects_(options.reject_file) {
    for (const LoadPlan::Table& table : plan.tables) tables_.push_back(std::make_unique<Table>(table));
  }

  Result<std::vector<LoadedTable>> run() {
    Result<void> prepared = prepare();
    if (!prepared) return prepared.error();

    std::vector<std::thread> workers;
    for (unsigned i = 0; i < jobs_; ++i) workers.emplace_back([this] { guarded([this] { return work(); }); });
    std::thread reader([this] {
      guarded([this] { return read(); });
      queue_.end();
    });
    reader.join();
    for (std::thread& worker : workers) worker.join();
    if (exception_) std::rethrow_exception(exception_);
    if (input_changed_) doubt_all();
    if (error_) return *error_;

    std::vector<LoadedTable> loaded;
    for (const auto& table : tables_) {
      if (!table->done) throw InternalError("the load ended before the table " + table->name);
      loaded.push_back({table->planned.target(), table->loaded, table->rejected, table->index_entries});
    }
    return loaded;
  }

 private:
  struct Table {
    explicit Table(const LoadPlan::Table& table)
        : planned(table), name(quote_name(table.schema, table.name)), step(load_step(table.target())) {}

    const LoadPlan::Table& planned;
    const std::string name;  ///< as SQL has it
    const Step step;
    const bool in_turn = draws_numbers(planned);
    bool wanted = true;
    std::mutex mutex;  ///< of what follows
    uint64_t pending = 0;
    bool read = false;
    bool done = false;
    uint64_t given = 0;
    uint64_t loaded = 0;
    uint64_t rejected = 0;
    int64_t index_entries = -1;
    std::unique_ptr<TableImport> import;
  };

  // --- before the first row ---

  Result<void> prepare() {
    if (Result<void> columns = check_columns(plan_); !columns) return columns;
    if (options_.max_bad_rows > 0 && options_.reject_file.empty()) {
      return Error{Error::Kind::usage, "--max-bad-rows needs a file for the rows that are refused", {}, {}};
    }
    if (options_.method == LoadMethod::import_into) {
      Result<std::unique_ptr<ImportStore>> store = ImportStore::open(options_, journal_);
      if (!store) return store.error();
      store_ = std::move(*store);
    }
    Result<Connection> target = Connection::open(options_.target);
    if (!target) return target.error();
    size_t before = 0;
    std::set<ObjectName> again;
    for (const auto& table : tables_) {
      const std::string state = journal_.state(table->step);
      if (state == "done") {
        if (Result<void> taken = take_over(*table, journal_.detail(table->step)); !taken) return taken;
        ++before;
        continue;
      }
      again.insert(table->planned.target());
      Result<void> ready = state == "begun" ? make_empty(*target, *table) : check_empty(*target, *table);
      if (!ready) return ready;
    }
    if (before > 0) {
      observer_.log(fmt::format("load: {} of {} tables were done before{}", before, tables_.size(),
                                options_.source.empty() ? "" : ", with the source's rows as they were then"));
    }
    if (options_.reject_file.empty()) return {};
    return rejects_.forget(again);
  }

  Result<void> take_over(Table& table, const std::string& detail) {
    const std::optional<LoadDetail> before = parse_load_detail(detail);
    if (!before) {
      return Error{
          Error::Kind::usage,
          fmt::format("the journal {} does not say how many rows {} got", journal_.path(), table.name),
          {},
          "empty the target, remove the journal and start anew"};
    }
    table.wanted = false;
    table.done = true;
    table.loaded = before->rows;
    table.rejected = before->rejected;
    table.index_entries = before->index_entries;
    bad_rows_ += before->rejected;
    return {};
  }

  static Error about(const Table& table, Error error) {
    error.message = fmt::format("{}: {}{}{}", table.name, error.sqlstate, error.sqlstate.empty() ? "" : ": ",
                                error.message);
    if (error.advice.empty()) error.advice = kResume;
    return error;
  }

  Result<void> check_empty(Connection& target, Table& table) const {
    Result<Rows> row = target.query("SELECT 1 FROM " + table.name + " LIMIT 1");
    if (!row) {
      Error error = about(table, row.error());
      if (error.sqlstate == "42P01" || error.sqlstate == "3F000") {
        if (options_.source.empty() && table.planned.data.empty()) {  // made behind the load
          table.wanted = false;
          table.done = true;
          return {};
        }
        error.kind = Error::Kind::usage;
        error.advice = "create the tables first: pg2crdb apply";
      }
      return error;
    }
    if (row->size() == 0) return {};
    return Error{
        Error::Kind::usage,
        fmt::format("{} holds rows already", table.name),
        {},
        "empty it (TRUNCATE); a load that was stopped goes on with --resume and the same --state-dir"};
  }

  Result<void> make_empty(Connection& target, const Table& table) {
    observer_.log(fmt::format("{}: emptied, the last run stopped in the middle of it", table.name));
    Result<void> truncated = target.execute("TRUNCATE TABLE " + table.name);
    if (truncated || truncated.error().sqlstate != "0A000") {
      if (!truncated) return about(table, truncated.error());
      return {};
    }
    // Foreign keys refer to it. Small steps, since CockroachDB bounds a transaction's size.
    const std::string sql = target.is_cockroachdb()
                                ? "DELETE FROM " + table.name + " WHERE true LIMIT 10000 RETURNING 1"
                                : "DELETE FROM " + table.name + " WHERE true";
    while (true) {
      Result<Rows> deleted = target.query(sql);
      if (!deleted) return about(table, deleted.error());
      if (deleted->size() == 0) return {};
    }
  }

  /// What this run loaded may be of another dump: a resumed run is to load it again. Where that cannot be
  /// noted, the reason why stands in the way of a resumed run, too.
  void doubt_all() {
    for (const auto& table : tables_) {
      if (!table->wanted || !table->done) continue;
      Result<void> noted = journal_.begin(table->step);
      if (!noted) fail(noted.error());
    }
  }

  // --- reading: BatchSink ---

  Result<void> read() {
    RowSourceOptions source;
    for (const auto& table : tables_) source.wanted.push_back(table->wanted);
    const uint64_t raw = options_.memory / kMemoryPerByte;
    source.batch_bytes = std::clamp<size_t>(raw / (2 * (jobs_ + 1)), kSmallestBatch, kLargestBatch);
    source.longest_row = std::max<size_t>(raw, source.batch_bytes);
    source.row_limit = options_.row_limit;
    source.check_digest = options_.row_limit == 0;
    source.readers = jobs_;
    return options_.source.empty() ? read_dump_rows(plan_, source, open_input, *this)
                                   : read_postgresql_rows(plan_, options_.source, source, *this);
  }

  bool table_begins(size_t index) override {
    if (stop_requested) return fail(load_stopped());
    Result<void> begun = journal_.begin(tables_[index]->step);
    return begun ? true : fail(begun.error());
  }

  bool take(Batch batch) override {
    if (stop_requested) return fail(load_stopped());
    {
      const std::lock_guard lock(tables_[batch.table]->mutex);
      ++tables_[batch.table]->pending;
    }
    const size_t bytes = batch.rows.size();
    const bool in_turn = tables_[batch.table]->in_turn;
    return queue_.push({std::move(batch), bytes, false, in_turn});
  }

  bool table_ends(size_t index) override {
    {
      const std::lock_guard lock(tables_[index]->mutex);
      ++tables_[index]->pending;
    }
    Batch batch;
    batch.table = index;
    return queue_.push({std::move(batch), 0, true, tables_[index]->in_turn});
  }

  void input_changed() override { input_changed_ = true; }

  // --- threads ---

  /// The first error counts; everybody stops. Always false.
  bool fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    queue_.close();
    return false;
  }

  template <class Function>
  void guarded(const Function& function) {
    try {
      Result<void> done = function();
      if (!done) fail(done.error());
    } catch (...) {
      const std::lock_guard lock(mutex_);
      exception_ = std::current_exception();
      queue_.close();
    }
  }

  Result<void> work() {
    Result<Connection> target = Connection::open(options_.target);
    if (!target) return target.error();
    BatchWriter writer(std::move(*target));
    while (std::optional<LoadQueue::Item> item = queue_.pop()) {
      if (stop_requested) return load_stopped();
      Table& table = *tables_[item->batch.table];
      if (!item->last) {
        Result<void> loaded = load_batch(writer, table, item->batch);
        if (!loaded) return loaded;
      }
      bool complete = false;
      {
        const std::lock_guard lock(table.mutex);
        if (item->last) table.read = true;
        complete = --table.pending == 0 && table.read;
      }
      if (complete) {
        Result<void> completed = complete_table(writer.target(), table);
        if (!completed) return completed;
      }
      queue_.release(*item);
    }
    return {};
  }

  Result<void> complete_table(Connection& target, Table& table) {
    if (table.import) {
      Result<TableImport::Imported> imported = table.import->finish(target, options_.target);
      if (!imported) return about(table, imported.error());
      table.loaded = imported->rows;
      table.index_entries = imported->index_entries;
      table.import.reset();
      observer_.rows_moved(table.name, table.loaded);
    }
    if (table.loaded + table.rejected != table.given) {
      return Error{
          Error::Kind::differs,
          fmt::format("{}: {} rows were read, the target took {}", table.name, table.given, table.loaded),
          {},
          "load the table again, and report this"};
    }
    table.done = true;
    Result<void> noted =
        journal_.done(table.step, to_text(LoadDetail{table.loaded, table.rejected, table.index_entries}));
    if (!noted) return noted;
    observer_.log(table.rejected == 0
                      ? fmt::format("{}: {} rows", table.name, table.loaded)
                      : fmt::format("{}: {} rows, {} rejected", table.name, table.loaded, table.rejected));
    return {};
  }

  // --- one batch ---

  Result<void> load_batch(BatchWriter& writer, Table& table, const Batch& batch) {
    writer.turn_to(table.planned, batch);
    std::vector<Transcoder::BadRow> bad;
    writer.clear();
    const uint64_t given = writer.add(batch.rows, bad);
    for (const Transcoder::BadRow& row : bad) {
      Result<void> rejected = reject(table, batch, row.index, {Error::Kind::rejected, row.reason, {}, {}});
      if (!rejected) return rejected;
    }
    const uint64_t good = given - bad.size();
    if (options_.method == LoadMethod::import_into && !writer.columns().empty()) {
      Result<void> added = import_of(table).add(
          {writer.columns(), std::string(writer.null_word())}, writer.csv(), good,
          batch.first_line == 0 ? "" : fmt::format("{}:{}", batch.file, batch.line_of(0)));
      if (!added) return added;
    } else if (good > 0) {
      Result<uint64_t> sent = writer.send(good);
      if (!sent && is_about_data(sent.error().sqlstate)) {
        Result<void> sorted_out = sort_out(writer, table, batch, bad, good);
        if (!sorted_out) return sorted_out;
      } else if (!sent) {
        return about(table, sent.error());
      } else {
        count_loaded(table, *sent);
      }
    }
    const std::lock_guard lock(table.mutex);
    table.given += given;
    return {};
  }

  TableImport& import_of(Table& table) {
    const std::lock_guard lock(table.mutex);
    if (!table.import) {
      table.import = std::make_unique<TableImport>(*store_, table.planned.target());
    }
    return *table.import;
  }

  void count_loaded(Table& table, uint64_t rows) {
    {
      const std::lock_guard lock(table.mutex);
      table.loaded += rows;
    }
    observer_.rows_moved(table.name, rows);
  }

  // --- rows that are refused ---

  /// Loads the batch's rows that the target takes, halving where it refuses some.
  Result<void> sort_out(BatchWriter& writer, Table& table, const Batch& batch,
                        const std::vector<Transcoder::BadRow>& bad, uint64_t good) {
    std::vector<uint64_t> indexes;  // of the rows left, within the batch
    std::vector<size_t> begins;     // of all rows
    size_t position = 0;
    auto next_bad = bad.begin();
    for (uint64_t index = 0; position < batch.rows.size(); ++index) {
      begins.push_back(position);
      position = batch.rows.find('\n', position) + 1;
      if (next_bad != bad.end() && next_bad->index == index) {
        ++next_bad;
      } else {
        indexes.push_back(index);
      }
    }
    begins.push_back(position);
    if (indexes.size() != good) throw InternalError("the rows of a batch do not add up");
    return load_half(writer, table, batch, begins, indexes);
  }

  Result<void> load_half(BatchWriter& writer, Table& table, const Batch& batch,
                         const std::vector<size_t>& begins, const std::vector<uint64_t>& indexes) {
    const auto load = [&](const std::vector<uint64_t>& part) -> Result<void> {
      writer.clear();
      std::vector<Transcoder::BadRow> none;
      for (const uint64_t index : part) {
        writer.add(row_of(batch, begins, index), none);
      }
      Result<uint64_t> sent = writer.send(part.size());
      if (sent) {
        count_loaded(table, *sent);
        return {};
      }
      if (!is_about_data(sent.error().sqlstate)) return about(table, sent.error());
      if (part.size() == 1) return reject(table, batch, part[0], sent.error());
      return load_half(writer, table, batch, begins, part);
    };
    if (indexes.size() == 1) return load(indexes);
    const auto middle = indexes.begin() + static_cast<std::ptrdiff_t>(indexes.size() / 2);
    Result<void> first = load({indexes.begin(), middle});
    if (!first) return first;
    return load({middle, indexes.end()});
  }

  static std::string_view row_of(const Batch& batch, const std::vector<size_t>& begins, uint64_t index) {
    return std::string_view(batch.rows).substr(begins[index], begins[index + 1] - begins[index]);
  }

  Result<void> reject(Table& table, const Batch& batch, uint64_t index, const Error& why) {
    size_t begin = 0;
    for (uint64_t i = 0; i < index; ++i) begin = batch.rows.find('\n', begin) + 1;
    const std::string_view row =
        std::string_view(batch.rows).substr(begin, batch.rows.find('\n', begin) + 1 - begin);
    const uint64_t line = batch.line_of(index);
    const std::string reason = why.sqlstate.empty() ? why.message : why.sqlstate + ": " + why.message;
    if (!options_.reject_file.empty()) {
      Result<void> written = rejects_.add(table.planned.target(), batch.file, line, reason, row);
      if (!written) return written;
    }
    {
      const std::lock_guard lock(table.mutex);
      ++table.rejected;
    }
    if (++bad_rows_ <= options_.max_bad_rows) return {};
    const std::string place =
        line == 0 ? std::string("a row") : fmt::format("the row at {}:{}", batch.file, line);
    const std::string_view shown = row.substr(0, std::min<size_t>(row.size() - 1, 200));
    return Error{Error::Kind::interrupted,  // the load stops here
                 options_.max_bad_rows == 0
                     ? fmt::format("{}: {} was refused: {}; the row: {}", table.name, place, reason, shown)
                     : fmt::format("{}: more than {} rows were refused, the last is {}: {}; the row: {}",
                                   table.name, options_.max_bad_rows, place, reason, shown),
                 why.sqlstate,
                 "correct the row, or go on with a larger --max-bad-rows: refused rows then go to a file"};
  }

  const LoadPlan& plan_;
  const LoadOptions& options_;
  Journal& journal_;
  Observer& observer_;
  const unsigned jobs_;
  LoadQueue queue_;
  std::unique_ptr<ImportStore> store_;
  std::vector<std::unique_ptr<Table>> tables_;
  RejectFile rejects_;
  std::atomic<uint64_t> bad_rows_ = 0;
  std::atomic<bool> input_changed_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

}  // namespace

Result<std::vector<LoadedTable>> load(const LoadPlan& plan, const LoadOptions& options, Journal& journal,
                                      Observer& observer) {
  return Loader(plan, options, journal, observer).run();
}

}  // namespace pg2crdb
