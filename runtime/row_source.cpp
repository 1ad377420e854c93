#include "runtime/row_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "rows/copy_text.h"
#include "rows/insert.h"
#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "target/quote.h"

namespace pg2crdb {

namespace {

constexpr size_t kSmallestRead = size_t{4} << 10;
constexpr size_t kLargestRead = size_t{256} << 10;

uint64_t count_lines(std::string_view text) {
  uint64_t lines = 0;
  const char* position = text.data();
  const char* const end = position + text.size();
  while (position < end) {
    const void* found = std::memchr(position, '\n', static_cast<size_t>(end - position));
    if (found == nullptr) break;
    ++lines;
    position = static_cast<const char*>(found) + 1;
  }
  return lines;
}

/// The first `count` lines of a text that has more.
std::string_view first_lines(std::string_view text, uint64_t count) {
  size_t end = 0;
  for (uint64_t i = 0; i < count; ++i) end = text.find('\n', end) + 1;
  return text.substr(0, end);
}

Error changed(const std::string& path, const std::string& what) {
  return {Error::Kind::usage,
          fmt::format("{} is not the dump that the plan was made of: {}", path, what),
          {},
          "compile the dump again"};
}

Error too_long(const std::string& place, size_t longest) {
  return {Error::Kind::usage,
          fmt::format("{}: a row is longer than {} MB", place, longest >> 20),
          {},
          "give it more room with --memory (four times the longest row)"};
}

/// Finds the end of an INSERT in a text that arrives piece by piece.
class StatementScanner {
 public:
  /// Where the statement that `text` begins with (after blanks and comments) ends, its semicolon included;
  /// npos: more text is needed. `text` may only have grown since the last call, unless restart() was called.
  size_t find_end(std::string_view text, bool is_all) {
    while (position_ < text.size()) {
      const char c = text[position_];
      // What the next byte decides has to wait for it.
      const bool last = position_ + 1 == text.size();
      const char next = last ? '\0' : text[position_ + 1];
      if (last && !is_all && std::strchr("-/*'\\", c) != nullptr && c != '\0') break;
      switch (state_) {
        case State::blank:
        case State::statement:
          if (c == '-' && next == '-') {
            resume_ = state_;
            state_ = State::line_comment;
          } else if (c == '/' && next == '*') {
            resume_ = state_;
            state_ = State::block_comment;
            depth_ = 0;
            continue;
          } else if (state_ == State::blank) {
            if (!is_blank(c)) {
              begin_ = position_;
              state_ = State::statement;
              continue;
            }
          } else if (c == '\'') {
            const bool escapes = position_ > begin_ &&
                                 (text[position_ - 1] == 'E' || text[position_ - 1] == 'e') &&
                                 (position_ - 1 == begin_ || !is_word(text[position_ - 2]));
            state_ = escapes ? State::escape_string : State::string;
          } else if (c == '"') {
            state_ = State::identifier;
          } else if (c == ';') {
            return ++position_;
          }
          break;
        case State::line_comment:
          if (c == '\n') state_ = resume_;
          break;
        case State::block_comment:
          if (c == '/' && next == '*') {
            ++depth_;
            ++position_;
          } else if (c == '*' && next == '/') {
            ++position_;
            if (--depth_ == 0) state_ = resume_;
          }
          break;
        case State::identifier:
          if (c == '"') state_ = State::statement;
          break;
        case State::string:
        case State::escape_string:
          if (c == '\'' && next == '\'') {
            ++position_;
          } else if (c == '\'') {
            state_ = State::statement;
          } else if (c == '\\' && state_ == State::escape_string) {
            ++position_;
          }
          break;
      }
      ++position_;
    }
    position_ = std::min(position_, text.size());
    return std::string_view::npos;
  }

  /// Nothing but blanks and comments was met.
  bool only_blanks() const {
    return state_ == State::blank || (state_ == State::line_comment && resume_ == State::blank);
  }
  /// Where the statement begins, after blanks and comments.
  size_t begin() const { return begin_; }
  void restart() { *this = StatementScanner(); }

 private:
  enum class State { blank, statement, line_comment, block_comment, identifier, string, escape_string };
  static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
  }
  static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
  }

  State state_ = State::blank;
  State resume_ = State::blank;
  size_t position_ = 0;
  size_t begin_ = 0;
  int depth_ = 0;
};

/// The blocks of one input in the order of their bytes, read in one go.
class DumpRows {
 public:
  DumpRows(const LoadPlan& plan, const RowSourceOptions& options, const OpenInput& open, BatchSink& sink)
      : plan_(plan),
        options_(options),
        open_(open),
        sink_(sink),
        blocks_left_(plan.tables.size()),
        rows_(plan.tables.size()) {}

  Result<void> run() {
    std::vector<Block> blocks;
    for (size_t table = 0; table < plan_.tables.size(); ++table) {
      if (!options_.wanted[table]) continue;
      for (const LoadPlan::Data& data : plan_.tables[table].data) blocks.push_back({table, &data});
      blocks_left_[table] = plan_.tables[table].data.size();
      if (blocks_left_[table] == 0 && !(sink_.table_begins(table) && sink_.table_ends(table))) return {};
    }
    std::sort(blocks.begin(), blocks.end(), [](const Block& left, const Block& right) {
      return std::pair(left.data->input, left.data->begin) < std::pair(right.data->input, right.data->begin);
    });
    for (const Block& block : blocks) {
      Result<void> read = read_block(block);
      if (!read || !wanted_) return read;
    }
    return check_length();
  }

 private:
  struct Block {
    size_t table;
    const LoadPlan::Data* data;
  };

  Result<void> read_block(const Block& block) {
    const LoadPlan::Data& data = *block.data;
    const size_t table = block.table;
    if (data.input >= plan_.inputs.size())
      throw InternalError("the plan has rows in an input that it does not list");
    if (!source_ || input_ != data.input) {
      if (Result<void> checked = check_length(); !checked) return checked;
      input_ = data.input;
      path_ = plan_.inputs[input_].path;
      Result<std::unique_ptr<ByteSource>> opened = open_(path_);
      if (!opened) return opened.error();
      source_ = std::move(*opened);
      position_ = 0;
    }
    if (data.begin < position_) throw InternalError("the plan's blocks of rows overlap");
    const bool is_first = rows_[table] == 0 && blocks_left_[table] == plan_.tables[table].data.size();
    if (is_first && !sink_.table_begins(table)) return stop();
    if (options_.row_limit == 0 || rows_[table] < options_.row_limit) {
      Result<void> skipped = source_->skip(data.begin - position_);
      if (!skipped) return skipped;
      position_ = data.begin;
      left_ = data.end - data.begin;
      const uint64_t before = rows_[table];
      Result<void> read =
          data.format == LoadPlan::Data::Format::copy_text ? read_copy(block) : read_inserts(block);
      if (!read || !wanted_) return read;
      const uint64_t count = rows_[table] - before;
      const bool limited = options_.row_limit != 0 && rows_[table] == options_.row_limit;
      if (count != data.rows && !limited) {
        return changed(path_,
                       fmt::format("{} has {} rows from line {} on, not {}",
                                   name_for_reading(plan_.tables[table]), count, data.first_line, data.rows));
      }
    }
    if (--blocks_left_[table] == 0 && !sink_.table_ends(table)) return stop();
    return {};
  }

  /// Rows that were added behind a block, too, make the input longer.
  Result<void> check_length() {
    if (!source_ || options_.row_limit != 0) return {};
    const uint64_t planned = plan_.inputs[input_].bytes;
    char beyond = 0;
    Result<void> skipped = planned < position_ ? Result<void>() : source_->skip(planned - position_);
    if (!skipped) return changed(path_, fmt::format("it has less than {} bytes", planned));
    Result<size_t> more = source_->read(&beyond, 1);
    if (!more) return more.error();
    if (planned < position_ || *more > 0)
      return changed(path_, fmt::format("it has more than {} bytes", planned));
    return {};
  }

  Result<void> stop() {
    wanted_ = false;
    return {};
  }

  /// Appends some more bytes of the block.
  Result<void> fill(std::string& text) {
    const size_t before = text.size();
    const size_t piece = std::clamp(options_.batch_bytes, kSmallestRead, kLargestRead);
    const size_t size = static_cast<size_t>(std::min<uint64_t>(left_, piece));
    text.resize(before + size);
    Result<size_t> count = source_->read(text.data() + before, size);
    if (!count) return count.error();
    text.resize(before + *count);
    left_ -= *count;
    position_ += *count;
    if (*count == 0) return changed(path_, fmt::format("it ends at byte {}", position_));
    return {};
  }

  std::string place(uint64_t line) const { return fmt::format("{}:{}", path_, line); }

  /// Cuts a batch down to the table's row limit; true when that is reached.
  bool limit(Batch& batch) {
    uint64_t& rows = rows_[batch.table];
    if (options_.row_limit != 0 && rows + batch.count >= options_.row_limit) {
      batch.count = options_.row_limit - rows;
      batch.rows.resize(first_lines(batch.rows, batch.count).size());
      rows = options_.row_limit;
      return true;
    }
    rows += batch.count;
    return false;
  }

  Result<void> read_copy(const Block& block) {
    uint64_t line = block.data->first_line;
    std::string carried;
    while (left_ > 0 || !carried.empty()) {
      Batch batch{block.table, columns_of(block), std::move(carried), 0, path_, line, {}};
      carried.clear();
      batch.rows.reserve(options_.batch_bytes + kLargestRead);
      size_t cut = std::string::npos;
      while (true) {
        if (left_ == 0) {
          // A dump that was cut off may lack the last line end.
          if (batch.rows.back() != '\n') batch.rows += '\n';
          cut = batch.rows.size();
          break;
        }
        if (batch.rows.size() >= options_.batch_bytes) {
          cut = batch.rows.rfind('\n');
          if (cut != std::string::npos) {
            ++cut;
            break;
          }
          if (batch.rows.size() > options_.longest_row) return too_long(place(line), options_.longest_row);
        }
        Result<void> filled = fill(batch.rows);
        if (!filled) return filled;
      }
      carried.assign(batch.rows, cut);
      batch.rows.resize(cut);
      batch.count = count_lines(batch.rows);
      line += batch.count;
      const bool limited = limit(batch);
      if (!sink_.take(std::move(batch))) return stop();
      if (limited) return {};
    }
    return {};
  }

  Result<void> read_inserts(const Block& block) {
    StatementScanner scanner;
    std::string text;
    size_t done = 0;  // bytes of `text` behind us
    uint64_t line = block.data->first_line;
    Batch batch = insert_batch(block, line);
    while (true) {
      const std::string_view rest = std::string_view(text).substr(done);
      const size_t end = scanner.find_end(rest, left_ == 0);
      if (end == std::string::npos && left_ > 0) {
        text.erase(0, done);
        done = 0;
        if (text.size() > options_.longest_row) return too_long(place(line), options_.longest_row);
        Result<void> filled = fill(text);
        if (!filled) return filled;
        continue;
      }
      if (end == std::string::npos) {
        if (scanner.only_blanks()) break;
        return changed(path_, fmt::format("the INSERT at line {} has no end", line));
      }
      const uint64_t begin_line = line + count_lines(rest.substr(0, scanner.begin()));
      Result<bool> more =
          read_insert(block, rest.substr(scanner.begin(), end - scanner.begin()), begin_line, batch);
      if (!more) return more.error();
      line += count_lines(rest.substr(0, end));
      done += end;
      scanner.restart();
      if (!*more) return {};
    }
    if (batch.count > 0) {
      limit(batch);
      if (!sink_.take(std::move(batch))) return stop();
    }
    return {};
  }

  /// Where the next row's parenthesis stands.
  static size_t row_after(std::string_view sql, size_t position) {
    while (position < sql.size() && sql[position] != '(') {
      const bool comment = sql.substr(position, 2) == "--";
      position = comment ? std::min(sql.find('\n', position), sql.size()) : position + 1;
    }
    return position;
  }

  Batch insert_batch(const Block& block, uint64_t line) const {
    return {block.table, columns_of(block), {}, 0, path_, line, {}};
  }

  /// They are the plan's, which outlives all batches.
  static std::shared_ptr<const std::vector<std::string>> columns_of(const Block& block) {
    return {std::shared_ptr<void>(), &block.data->columns};
  }

  /// False: no more rows are wanted.
  Result<bool> read_insert(const Block& block, std::string_view sql, uint64_t line, Batch& batch) {
    InsertReader reader(sql);
    if (!reader.plain_head() || (!reader.columns().empty() && reader.columns() != block.data->columns)) {
      return changed(path_, fmt::format("line {} is no INSERT of the table's columns", line));
    }
    std::vector<Field> fields;
    size_t counted = 0;
    while (true) {
      const size_t row_begin = row_after(sql, reader.position());
      line += count_lines(sql.substr(counted, row_begin - counted));
      counted = row_begin;
      if (!reader.next(fields)) break;
      for (const size_t index : reader.defaults()) {
        if (index < block.data->columns.size() && is_generated(block.table, block.data->columns[index]))
          continue;
        return Error{Error::Kind::usage,
                     fmt::format("{}: the value DEFAULT is none that can be moved", place(line)),
                     {},
                     "write the value that the default gives"};
      }
      append_copy_row(batch.rows, fields);
      batch.lines.push_back(line);
      ++batch.count;
      const bool limited = options_.row_limit != 0 && rows_[block.table] + batch.count == options_.row_limit;
      if (batch.rows.size() < options_.batch_bytes && !limited) continue;
      limit(batch);
      if (!sink_.take(std::exchange(batch, insert_batch(block, line)))) {
        wanted_ = false;
        return false;
      }
      if (limited) return false;
    }
    if (reader.failed())
      return changed(path_, fmt::format("the INSERT at line {} has a value that is no literal", line));
    return true;
  }

  bool is_generated(size_t table, const std::string& name) const {
    const std::vector<LoadPlan::Column>& columns = plan_.tables[table].columns;
    return std::any_of(columns.begin(), columns.end(), [&](const LoadPlan::Column& column) {
      return column.source_name == name && column.generated;
    });
  }

  const LoadPlan& plan_;
  const RowSourceOptions& options_;
  const OpenInput& open_;
  BatchSink& sink_;
  std::vector<size_t> blocks_left_;
  std::vector<uint64_t> rows_;
  std::unique_ptr<ByteSource> source_;
  std::string path_;
  uint32_t input_ = 0;
  uint64_t position_ = 0;  ///< of the source
  uint64_t left_ = 0;      ///< bytes of the block not read yet
  bool wanted_ = true;
};

class PostgresqlRows {
 public:
  PostgresqlRows(const LoadPlan& plan, const std::string& url, const RowSourceOptions& options,
                 BatchSink& sink)
      : plan_(plan), url_(url), options_(options), sink_(sink), columns_(plan.tables.size()) {
    for (size_t table = 0; table < plan.tables.size(); ++table) {
      std::vector<std::string> columns;
      for (const LoadPlan::Column& column : plan.tables[table].columns) {
        if (!column.generated) columns.push_back(column.source_name);
      }
      columns_[table] = std::make_shared<const std::vector<std::string>>(std::move(columns));
    }
  }

  Result<void> run() {
    Result<Connection> exporter = connect({});
    if (!exporter) return exporter.error();
    Result<Rows> snapshot = exporter->query("SELECT pg_catalog.pg_export_snapshot()");
    if (!snapshot) return with_place(snapshot.error(), redacted(url_));
    snapshot_ = snapshot->values[0][0];

    const unsigned count =
        std::max(1U, std::min<unsigned>(options_.readers, static_cast<unsigned>(plan_.tables.size())));
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < count; ++i) {
      threads.emplace_back([this] {
        try {
          Result<void> read = read_tables();
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

  /// A session in the snapshot.
  Result<Connection> connect(const std::string& snapshot) {
    Result<Connection> connection = Connection::open(url_);
    if (!connection) return connection;
    std::vector<std::string> statements = {
        // Names in values (regclass and kin) come out qualified, as pg_dump has them.
        "SELECT pg_catalog.set_config('search_path', '', false)",
        // A policy that hides rows from this user has to be an error.
        "SELECT pg_catalog.set_config('row_security', 'off', false) FROM pg_catalog.pg_settings WHERE name = "
        "'row_security'",
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    };
    if (!snapshot.empty()) statements.push_back("SET TRANSACTION SNAPSHOT " + quote_literal(snapshot));
    for (const std::string& statement : statements) {
      Result<Rows> done = connection->query(statement);
      if (!done) return with_place(done.error(), redacted(url_));
    }
    return connection;
  }

  Result<void> read_tables() {
    Result<Connection> connection = connect(snapshot_);
    if (!connection) return connection.error();
    while (!stopped_) {
      const size_t table = next_table_++;
      if (table >= plan_.tables.size()) break;
      if (!options_.wanted[table]) continue;
      if (!sink_.table_begins(table)) break;
      Result<bool> read = read_table(*connection, table);
      if (!read) return with_place(read.error(), name_for_reading(plan_.tables[table]));
      if (!*read || !sink_.table_ends(table)) break;
    }
    return {};
  }

  /// The COPY that sends the table's own rows: those of a partitioned table lie in its partitions, which may
  /// be tables of the plan themselves.
  Result<std::string> copy_statement(Connection& connection, size_t table) {
    const LoadPlan::Table& planned = plan_.tables[table];
    const std::string name = quote_name(planned.source_schema, planned.source_name);
    Result<Rows> kind = connection.query(
        "WITH RECURSIVE part (id) AS (SELECT i.inhrelid FROM pg_catalog.pg_inherits i WHERE i.inhparent = "
        "pg_catalog.to_regclass($1) UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON "
        "i.inhparent "
        "= part.id) SELECT c.relkind, n.nspname, p.relname FROM pg_catalog.pg_class c LEFT JOIN (part JOIN "
        "pg_catalog.pg_class p ON p.oid = part.id JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace) "
        "ON true "
        "WHERE c.oid = pg_catalog.to_regclass($1)",
        {name});
    if (!kind) return kind.error();
    if (kind->size() == 0) {
      return Error{Error::Kind::usage,
                   "the source has no such table",
                   {},
                   "compile the source's schema again, or leave the table out with --exclude"};
    }
    bool partitions_planned = false;
    for (size_t row = 0; row < kind->size(); ++row) {
      if (kind->nulls[row][2]) continue;
      for (const LoadPlan::Table& other : plan_.tables) {
        if (other.source_schema == kind->values[row][1] && other.source_name == kind->values[row][2])
          partitions_planned = true;
      }
    }
    const bool partitioned = kind->values[0][0] == "p";
    std::string list;
    for (const std::string& column : *columns_[table]) {
      if (!list.empty()) list += ", ";
      list += quote_identifier(column);
    }
    if (!partitioned && options_.row_limit == 0 && !list.empty() && kind->values[0][0] == "r") {
      return fmt::format("COPY {} ({}) TO STDOUT", name, list);
    }
    std::string query =
        fmt::format("SELECT {} FROM {}{}", list, partitioned && !partitions_planned ? "" : "ONLY ", name);
    if (options_.row_limit != 0) query += fmt::format(" LIMIT {}", options_.row_limit);
    return fmt::format("COPY ({}) TO STDOUT", query);
  }

  /// False: no more rows are wanted.
  Result<bool> read_table(Connection& connection, size_t table) {
    Result<std::string> statement = copy_statement(connection, table);
    if (!statement) return statement.error();
    std::optional<Error> error;
    bool wanted = true;
    uint64_t rows = 0;
    Batch batch = new_batch(table);
    Result<void> copied = connection.copy_out(*statement, [&](std::string_view row) {
      ++rows;
      if (row.size() > options_.longest_row) {
        error = too_long(fmt::format("row {}", rows), options_.longest_row);
        return false;
      }
      if (batch.rows.size() + row.size() > batch.rows.capacity() && batch.count > 0) {
        wanted = sink_.take(std::exchange(batch, new_batch(table))) && !stopped_;
      }
      batch.rows += row;
      ++batch.count;
      return wanted;
    });
    if (error) return *error;
    if (!copied) return copied.error();
    if (wanted && batch.count > 0) wanted = sink_.take(std::move(batch));
    return wanted;
  }

  Batch new_batch(size_t table) const {
    Batch batch{table, columns_[table], {}, 0, {}, 0, {}};
    batch.rows.reserve(options_.batch_bytes);
    return batch;
  }

  const LoadPlan& plan_;
  const std::string& url_;
  const RowSourceOptions& options_;
  BatchSink& sink_;
  std::vector<std::shared_ptr<const std::vector<std::string>>> columns_;  ///< batches outlive this reader
  std::string snapshot_;
  std::atomic<size_t> next_table_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::optional<Error> error_;
  std::exception_ptr exception_;
};

}  // namespace

std::string name_for_reading(const LoadPlan::Table& table) {
  const std::string name = table.schema + "." + table.name;
  if (!table.renamed()) return name;
  return fmt::format("{} ({}.{} in the source)", name, table.source_schema, table.source_name);
}

Result<void> read_dump_rows(const LoadPlan& plan, const RowSourceOptions& options, const OpenInput& open,
                            BatchSink& sink) {
  return DumpRows(plan, options, open, sink).run();
}

Result<void> read_postgresql_rows(const LoadPlan& plan, const std::string& url,
                                  const RowSourceOptions& options, BatchSink& sink) {
  return PostgresqlRows(plan, url, options, sink).run();
}

}  // namespace pg2crdb
