#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "runtime/load_detail.h"
#include "runtime/loader.h"
#include "support/plurals.h"

namespace pg2crdb {
namespace {

/// Raw rows in flight take this many times their size at the worst: queued, as CSV with every byte quoted, in
/// libpq's buffer.
constexpr uint64_t kMemoryPerByte = 4;
constexpr size_t kLargestBatch = size_t{2} << 20;
// Of an import, whose files have buffers of their own; nothing is sent for each.
constexpr size_t kLargestImportBatch = size_t{512} << 10;
constexpr size_t kSmallestBatch = size_t{16} << 10;
// Batches that wait, for each thread: the reader is faster than all who send.
constexpr size_t kBatchesAhead = 2;

}  // namespace

Loader::Loader(const LoadPlan& plan, const LoadOptions& options, Journal& journal, Observer& observer)
    : plan_(plan),
      options_(options),
      journal_(journal),
      observer_(observer),
      jobs_(options.jobs != 0 ? options.jobs : std::max(1U, std::thread::hardware_concurrency())),
      rejects_(options.reject_file) {
  for (const LoadPlan::Table& table : plan.tables) tables_.push_back(std::make_unique<Table>(table));
}

Result<std::vector<LoadedTable>> Loader::run() {
  if (Result<void> prepared = prepare(); !prepared) return prepared.error();
  if (Result<void> moved = pass(); !moved) return moved.error();
  if (Result<void> again = load_again(); !again) return again.error();
  std::vector<LoadedTable> loaded;
  for (const auto& table : tables_) {
    if (!table->done) throw InternalError("the load ended before the table " + table->name);
    loaded.push_back({table->planned.target(), table->loaded, table->rejected});
  }
  if (!marks_ || !marks_->kept()) return loaded;
  Result<Connection> target = Connection::open(options_.target);
  if (!target) return target.error();
  if (Result<void> removed = marks_->remove(*target); !removed) return removed.error();
  return loaded;
}

/// Reads the tables that are wanted, once, and loads them.
Result<void> Loader::pass() {
  queue_ = std::make_unique<LoadQueue>(chunk_bytes() * kBatchesAhead * (jobs_ + 1));
  std::vector<std::thread> workers;
  for (unsigned i = 0; i < jobs_; ++i) workers.emplace_back([this] { guarded([this] { return work(); }); });
  std::thread reader([this] {
    guarded([this] { return read(); });
    queue_->end();
  });
  reader.join();
  for (std::thread& worker : workers) worker.join();
  if (exception_) std::rethrow_exception(exception_);
  if (input_changed_) doubt_all();
  if (error_) return *error_;
  return {};
}

/// A live source's rows may be others than those that the run before read; COPY finds rows that an IMPORT
/// fails because of.
Result<void> Loader::load_again() {
  std::optional<Connection> target;
  std::set<ObjectName> again;
  for (const auto& table : tables_) {
    table->wanted = table->changed || table->refused;
    if (!table->wanted) continue;
    if (!target) {
      Result<Connection> opened = Connection::open(options_.target);
      if (!opened) return opened.error();
      target.emplace(std::move(*opened));
    }
    again.insert(table->planned.target());
    bad_rows_ -= table->rejected;
    table->by_copy = table->refused;
    table->changed = table->refused = table->read = false;
    table->seen = table->given = table->loaded = table->rejected = 0;
    const std::string_view why = table->by_copy ? "some of its rows were refused: COPY finds out which"
                                                : "its rows have changed since the last run stopped";
    if (Result<void> emptied = make_empty(*target, *table, why); !emptied) return emptied;
  }
  if (!target) return {};
  if (Result<void> forgotten = rejects_.forget(again); !forgotten) return forgotten;
  return pass();
}

/// What this run loaded may be of another dump: a resumed run is to load it again. Where that cannot be
/// noted, the reason why stands in the way of a resumed run, too.
void Loader::doubt_all() {
  for (const auto& table : tables_) {
    if (!table->wanted || !table->done) continue;
    Result<void> noted = journal_.begin(table->step);
    if (!noted) fail(noted.error());
  }
}

size_t Loader::chunk_bytes() const {
  const uint64_t raw = options_.memory / kMemoryPerByte;
  return std::clamp<size_t>(raw / (kBatchesAhead * (jobs_ + 1)), kSmallestBatch,
                            options_.method == LoadMethod::copy ? kLargestBatch : kLargestImportBatch);
}

Result<void> Loader::read() {
  RowSourceOptions source;
  for (const auto& table : tables_) source.wanted.push_back(table->wanted);
  source.batch_bytes = marks_ ? marks_->chunk_bytes() : chunk_bytes();
  source.longest_row = std::max<size_t>(options_.memory / kMemoryPerByte, source.batch_bytes);
  source.row_limit = options_.row_limit;
  source.check_digest = options_.row_limit == 0;
  source.readers = jobs_;
  return options_.source.empty() ? read_dump_rows(plan_, source, open_input, *this)
                                 : read_postgresql_rows(plan_, options_.source, source, *this);
}

bool Loader::table_begins(size_t index) {
  if (stop_requested) return fail(load_stopped());
  Result<void> begun = journal_.begin(tables_[index]->step);
  return begun ? true : fail(begun.error());
}

bool Loader::take(Batch batch) {
  if (stop_requested) return fail(load_stopped());
  {
    const std::lock_guard lock(tables_[batch.table]->mutex);
    ++tables_[batch.table]->pending;
  }
  const size_t bytes = batch.rows.size();
  const bool in_turn = tables_[batch.table]->in_turn;
  return queue_->push({std::move(batch), bytes, false, in_turn});
}

bool Loader::table_ends(size_t index) {
  {
    const std::lock_guard lock(tables_[index]->mutex);
    ++tables_[index]->pending;
  }
  Batch batch;
  batch.table = index;
  return queue_->push({std::move(batch), 0, true, tables_[index]->in_turn});
}

bool Loader::fail(Error error) {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = std::move(error);
  queue_->close();
  return false;
}

template <class Function>
void Loader::guarded(const Function& function) {
  try {
    Result<void> done = function();
    if (!done) fail(done.error());
  } catch (...) {
    const std::lock_guard lock(mutex_);
    exception_ = std::current_exception();
    queue_->close();
  }
}

Result<void> Loader::work() {
  Result<Connection> target = Connection::open(options_.target);
  if (!target) return target.error();
  BatchWriter writer(std::move(*target));
  while (std::optional<LoadQueue::Item> item = queue_->pop()) {
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
    queue_->release(*item);
  }
  return {};
}

Result<void> Loader::complete_table(Connection& target, Table& table) {
  if (table.import) {
    Result<uint64_t> imported =
        table.import->finish(target, options_.target, table.rejected, journal_, observer_);
    table.refused = !imported && table.import->refused_rows() && options_.max_bad_rows > 0;
    if (table.refused) {
      table.import.reset();
      return {};
    }
    if (!imported) return about(table, imported.error());
    table.loaded = *imported;
    table.import.reset();
    observer_.rows_moved(table.name, table.loaded, table.bytes);
  }
  if (table.changed || table.seen < table.there.size()) {
    table.changed = true;
    return {};
  }
  if (table.loaded + table.rejected != table.given) {
    return Error{Error::Kind::differs,
                 fmt::format("{}: {} read, the target took {}", table.name, counted_were(table.given, "row"),
                             with_commas(table.loaded)),
                 {},
                 "load the table again, and report this"};
  }
  table.done = true;
  Result<void> noted = journal_.done(table.step, to_text(LoadDetail{table.loaded, table.rejected}));
  if (!noted) return noted;
  observer_.log(table.rejected == 0 ? fmt::format("{}: {}", table.name, counted(table.loaded, "row"))
                                    : fmt::format("{}: {}, {} rejected", table.name,
                                                  counted(table.loaded, "row"), with_commas(table.rejected)));
  return {};
}

Result<std::vector<LoadedTable>> load(const LoadPlan& plan, const LoadOptions& options, Journal& journal,
                                      Observer& observer) {
  return Loader(plan, options, journal, observer).run();
}

}  // namespace pg2crdb
