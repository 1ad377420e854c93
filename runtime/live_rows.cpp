#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "runtime/connection.h"
#include "runtime/live_source.h"
#include "runtime/row_source.h"

namespace pg2crdb {

namespace {

class PostgresqlRows {
 public:
  PostgresqlRows(const LoadPlan& plan, const std::string& url, const RowSourceOptions& options,
                 BatchSink& sink)
      : plan_(plan), url_(url), options_(options), sink_(sink), columns_(plan.tables.size()) {
    for (size_t table = 0; table < plan.tables.size(); ++table)
      columns_[table] = loaded_source_columns(plan.tables[table]);
  }

  Result<void> run() {
    Result<Connection> exporter = open_source(url_, {});
    if (!exporter) return exporter.error();
    Result<std::string> snapshot = export_snapshot(*exporter, url_);
    if (!snapshot) return snapshot.error();
    snapshot_ = std::move(*snapshot);
    if (Result<void> divided = divide(*exporter); !divided) return divided;

    const unsigned count =
        std::max(1U, std::min<unsigned>(options_.readers, static_cast<unsigned>(parts_.size())));
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i) {
      threads.emplace_back([this] {
        try {
          Result<void> read = read_parts();
          if (!read) fail(read.error());
        } catch (...) {
          const std::lock_guard lock(mutex_);
          exception_ = std::current_exception();
          stopped_ = true;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    if (exception_) std::rethrow_exception(exception_);
    if (error_) return *error_;
    return {};
  }

 private:
  void fail(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    stopped_ = true;
  }

  static Error with_place(Error error, const std::string& place) {
    error.message = place + ": " + error.message;
    return error;
  }

  /// What one connection reads in one go.
  struct Part {
    size_t table;
    PageRange range;
  };

  Result<void> divide(Connection& source) {
    Result<std::vector<std::vector<PageRange>>> ranges = page_ranges(source, plan_);
    if (!ranges) return ranges.error();
    for (size_t table = 0; table < plan_.tables.size(); ++table) {
      if (!options_.wanted[table]) continue;
      if (options_.row_limit != 0) (*ranges)[table] = {PageRange{}};
      for (const PageRange& range : (*ranges)[table]) parts_.push_back({table, range});
      parts_left_[table] = (*ranges)[table].size();
    }
    return {};
  }

  Result<void> read_parts() {
    Result<Connection> connection = open_source(url_, snapshot_);
    if (!connection) return connection.error();
    while (!stopped_) {
      const size_t next = next_part_++;
      if (next >= parts_.size()) break;
      const Part& part = parts_[next];
      if (!begin(part.table)) break;
      Result<bool> read =
          read_source_part(*connection, plan_, part.table, columns_[part.table], part.range, options_,
                           [this](Batch batch) { return sink_.take(std::move(batch)) && !stopped_; });
      if (!read) return with_place(read.error(), name_for_reading(plan_.tables[part.table]));
      if (!*read || !end_part(part.table)) break;
    }
    return {};
  }

  bool begin(size_t table) {
    const std::lock_guard lock(mutex_);
    return begun_.contains(table) || (begun_.insert(table).second && sink_.table_begins(table));
  }

  bool end_part(size_t table) {
    {
      const std::lock_guard lock(mutex_);
      if (--parts_left_[table] > 0) return true;
    }
    return sink_.table_ends(table);
  }

  const LoadPlan& plan_;
  const std::string& url_;
  const RowSourceOptions& options_;
  BatchSink& sink_;
  std::vector<SourceColumns> columns_;  ///< batches outlive this reader
  std::string snapshot_;
  std::vector<Part> parts_;
  std::map<size_t, size_t> parts_left_;  ///< of each table
  std::set<size_t> begun_;               ///< tables
  std::atomic<size_t> next_part_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

}  // namespace

SourceColumns loaded_source_columns(const LoadPlan::Table& table) {
  std::vector<std::string> columns;
  for (const LoadPlan::Column& column : table.columns) {
    if (!column.generated) columns.push_back(column.source_name);
  }
  return std::make_shared<const std::vector<std::string>>(std::move(columns));
}

Result<bool> read_source_part(Connection& source, const LoadPlan& plan, size_t table,
                              const SourceColumns& columns, const PageRange& range,
                              const RowSourceOptions& options, const std::function<bool(Batch)>& take) {
  Result<std::string> statement =
      source_copy(source, plan, plan.tables[table], *columns, options.row_limit, range);
  if (!statement) return statement.error();
  const auto new_batch = [&](uint64_t first_row) {
    Batch batch{table, columns, {}, 0, {}, 0, {}, {range.begin, first_row}};
    batch.rows.reserve(options.batch_bytes);
    return batch;
  };
  std::optional<Error> error;
  bool wanted = true;
  uint64_t rows = 0;
  Batch batch = new_batch(0);
  Result<void> copied = source.copy_out(*statement, [&](std::string_view row) {
    ++rows;
    if (row.size() > options.longest_row) {
      error = row_too_long(fmt::format("row {}", rows), options.longest_row);
      return false;
    }
    batch.rows += row;
    ++batch.count;
    if (batch.rows.size() >= options.batch_bytes) wanted = take(std::exchange(batch, new_batch(rows)));
    return wanted;
  });
  if (error) return *error;
  if (!copied) return copied.error();
  if (Result<void> whole = check_was_whole(source, plan.tables[table]); !whole) return whole.error();
  if (wanted && batch.count > 0) wanted = take(std::move(batch));
  return wanted;
}

Result<void> read_postgresql_rows(const LoadPlan& plan, const std::string& url,
                                  const RowSourceOptions& options, BatchSink& sink) {
  return PostgresqlRows(plan, url, options, sink).run();
}

}  // namespace pg2crdb
