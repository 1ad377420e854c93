#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "rows/copy_form.h"
#include "rows/copy_text.h"
#include "rows/insert.h"
#include "rows/number.h"
#include "runtime/dump_input.h"
#include "runtime/row_source.h"
#include "runtime/runtime.h"
#include "runtime/statement_scanner.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {

namespace {

constexpr size_t kSmallestRead = size_t{4} << 10;

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
    return check_rest();
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
      if (Result<void> checked = check_rest(); !checked) return checked;
      input_ = data.input;
      path_ = plan_.inputs[input_].path;
      Result<std::unique_ptr<ByteSource>> opened = open_(path_);
      if (!opened) return opened.error();
      source_ = std::move(*opened);
      if (options_.check_digest) {
        digest_ = std::make_unique<InputDigest>(plan_.inputs[input_]);
        source_ = std::make_unique<HashedSource>(std::move(source_), *digest_, path_);
      }
      position_ = 0;
    }
    if (data.begin < position_) throw InternalError("the plan's blocks of rows overlap");
    const bool is_first = rows_[table] == 0 && blocks_left_[table] == plan_.tables[table].data.size();
    if (is_first && !sink_.table_begins(table)) return stop();
    if (limit_of(table) == 0 || rows_[table] < limit_of(table)) {
      Result<void> skipped = source_->skip(data.begin - position_);
      if (!skipped) return skipped;
      position_ = data.begin;
      left_ = data.end - data.begin;
      const uint64_t before = rows_[table];
      Result<void> read = read_rows(block);
      if (!read || !wanted_) return read;
      const uint64_t count = rows_[table] - before;
      const bool limited = limit_of(table) != 0 && rows_[table] == limit_of(table);
      if (count != data.rows && !limited) {
        return changed(fmt::format("{} has {} from line {} on, not {}", name_for_reading(plan_.tables[table]),
                                   counted(count, "row"), data.first_line, data.rows));
      }
    }
    if (--blocks_left_[table] == 0 && !sink_.table_ends(table)) return stop();
    return {};
  }

  Result<void> read_rows(const Block& block) {
    if (block.data->format == LoadPlan::Data::Format::insert) return read_inserts(block);
    return is_plain_copy(block.data->form) ? read_copy(block) : read_form(block);
  }

  /// Rows that were added behind a block, too, make the input longer; what was changed within it changes its
  /// digest.
  Result<void> check_rest() {
    if (!source_ || (!options_.check_length && !digest_)) return {};
    const uint64_t planned = plan_.inputs[input_].bytes;
    char beyond = 0;
    Result<void> skipped = planned < position_ ? Result<void>() : source_->skip(planned - position_);
    if (!skipped) return changed(fmt::format("it has less than {} bytes", planned));
    Result<size_t> more = source_->read(&beyond, 1);
    if (!more) return more.error();
    if (planned < position_ || *more > 0) return changed(fmt::format("it has more than {} bytes", planned));
    if (!digest_) return {};
    Result<void> same = digest_->compare();
    if (!same) sink_.input_changed();
    return same;
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
    if (*count == 0) return changed(fmt::format("it ends at byte {}", position_));
    return {};
  }

  Error changed(const std::string& what) {
    sink_.input_changed();
    return not_the_plans(path_, what);
  }

  std::string place(uint64_t line) const { return fmt::format("{}:{}", path_, line); }

  uint64_t limit_of(size_t table) const {
    return options_.row_limits.empty() ? options_.row_limit : options_.row_limits[table];
  }

  /// Cuts a batch down to the table's row limit; true when that is reached.
  bool limit(Batch& batch) {
    uint64_t& rows = rows_[batch.table];
    const uint64_t most = limit_of(batch.table);
    batch.place.first_row = rows;
    if (most != 0 && rows + batch.count >= most) {
      batch.count = most - rows;
      batch.rows.resize(first_lines(batch.rows, batch.count).size());
      rows = most;
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
      size_t searched = options_.batch_bytes - 1;
      size_t last_row = 0;  // of the batch; its beginning
      while (true) {
        if (batch.rows.size() > searched) {
          cut = batch.rows.find('\n', searched) + 1;
          if (cut > 0) break;
          if (last_row == 0) last_row = batch.rows.rfind('\n', searched) + 1;
          searched = batch.rows.size();
          if (searched - last_row > options_.longest_row)
            return row_too_long(place(line + count_lines(std::string_view(batch.rows).substr(0, last_row))),
                                options_.longest_row);
        }
        if (left_ == 0) {
          // A dump that was cut off may lack the last line end.
          if (batch.rows.back() != '\n') batch.rows += '\n';
          cut = batch.rows.size();
          break;
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

  /// A row from `line`, into a batch that goes on from `next_line` where it is full. False where no more are
  /// wanted, of the table or at all.
  bool add_row(const Block& block, Batch& batch, const std::vector<Field>& fields, uint64_t line,
               uint64_t next_line) {
    append_copy_row(batch.rows, fields);
    batch.lines.push_back(line);
    ++batch.count;
    const uint64_t most = limit_of(block.table);
    const bool limited = most != 0 && rows_[block.table] + batch.count == most;
    if (batch.rows.size() < options_.batch_bytes && !limited) return true;
    limit(batch);
    wanted_ = sink_.take(std::exchange(batch, row_batch(block, next_line)));
    return wanted_ && !limited;
  }

  Result<void> send_rest(Batch batch) {
    if (batch.count == 0) return {};
    limit(batch);
    return sink_.take(std::move(batch)) ? Result<void>() : stop();
  }

  /// Rows of a COPY with options or of a file of CSV, written as a COPY without options has them.
  Result<void> read_form(const Block& block) {
    CopyFormReader reader(*block.data);
    std::string text;
    size_t done = 0;  // bytes of `text` behind us
    uint64_t line = block.data->first_line;
    CopyForm::Header header = block.data->form.header;
    Batch batch = row_batch(block, line);
    std::vector<Field> fields;
    while (left_ > 0 || done < text.size()) {
      const std::string_view rest = std::string_view(text).substr(done);
      size_t end = reader.find_end(rest);
      if (end == std::string_view::npos && left_ > 0) {
        text.erase(0, std::exchange(done, 0));
        if (text.size() > options_.longest_row) return row_too_long(place(line), options_.longest_row);
        if (Result<void> filled = fill(text); !filled) return filled;
        continue;
      }
      end = std::min(end, rest.size());  // the last one may lack its line end
      const std::string_view row = rest.substr(0, end);
      const uint64_t row_line = std::exchange(line, line + count_lines(row));
      done += end;
      reader.restart();
      const CopyForm::Header is_header = std::exchange(header, CopyForm::Header::none);
      if (is_header == CopyForm::Header::names) continue;
      if (!reader.decode(row, fields) || fields.size() != block.data->columns.size())
        return no_row(block, row_line);
      if (is_header == CopyForm::Header::match) {
        if (Result<void> matches = check_header(block, fields, row_line); !matches) return matches;
      } else if (!add_row(block, batch, fields, row_line, line)) {
        return {};
      }
    }
    return send_rest(std::move(batch));
  }

  Error no_row(const Block& block, uint64_t line) const {
    return {
        Error::Kind::usage,
        fmt::format("{}: this is no row of {}", place(line), counted(block.data->columns.size(), "value")),
        {},
        block.data->form.csv
            ? "PostgreSQL refuses it, too: quotes in a value are doubled or escaped, a value with the "
              "delimiter in it stands in quotes"
            : "PostgreSQL refuses it, too: correct the script"};
  }

  /// PostgreSQL refuses HEADER MATCH of other columns. A column without a name is gone at the script's end.
  Result<void> check_header(const Block& block, const std::vector<Field>& names, uint64_t line) const {
    for (size_t i = 0; i < names.size(); ++i) {
      const std::string& column = block.data->columns[i];
      if (column.empty() || names[i].text == column) continue;
      return Error{Error::Kind::usage,
                   fmt::format("{}: HEADER MATCH, and the header's name {} is {}, not {}", place(line), i + 1,
                               quote_identifier(names[i].text), quote_identifier(column)),
                   {},
                   "PostgreSQL refuses it, too: correct the script"};
    }
    return {};
  }

  Result<void> read_inserts(const Block& block) {
    StatementScanner scanner;
    std::string text;
    size_t done = 0;  // bytes of `text` behind us
    uint64_t line = block.data->first_line;
    Batch batch = row_batch(block, line);
    skips_ = block.data->skipped;
    block_row_ = 0;
    while (true) {
      const std::string_view rest = std::string_view(text).substr(done);
      const size_t end = scanner.find_end(rest, left_ == 0);
      if (end == std::string::npos && left_ > 0) {
        text.erase(0, done);
        done = 0;
        if (text.size() > options_.longest_row) return row_too_long(place(line), options_.longest_row);
        Result<void> filled = fill(text);
        if (!filled) return filled;
        continue;
      }
      if (end == std::string::npos) {
        if (scanner.only_blanks()) break;
        return changed(fmt::format("the INSERT at line {} has no end", line));
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
    return send_rest(std::move(batch));
  }

  /// Where the next row's parenthesis stands.
  static size_t row_after(std::string_view sql, size_t position) {
    while (position < sql.size() && sql[position] != '(') {
      const std::string_view two = sql.substr(position, 2);
      const std::string_view end = two == "--" ? "\n" : "*/";
      position = two == "--" || two == "/*" ? std::min(sql.find(end, position), sql.size()) : position + 1;
    }
    return position;
  }

  /// Of rows whose lines need not follow each other.
  Batch row_batch(const Block& block, uint64_t line) const {
    return {block.table, columns_of(block), {}, 0, path_, line, {}};
  }

  /// They are the plan's, which outlives all batches.
  static std::shared_ptr<const std::vector<std::string>> columns_of(const Block& block) {
    return {std::shared_ptr<void>(), &block.data->columns};
  }

  /// False: no more rows are wanted.
  Result<bool> read_insert(const Block& block, std::string_view sql, uint64_t line, Batch& batch) {
    InsertReader reader(sql);
    // The names may have changed further down in the dump; their number has not.
    if (!reader.plain_head() ||
        (!reader.columns().empty() && reader.columns().size() != block.data->columns.size())) {
      return changed(fmt::format("line {} is no INSERT of the table's columns", line));
    }
    std::vector<Field> fields;
    std::vector<std::string> integers;  // that fields point into
    size_t counted = 0;
    while (true) {
      const size_t row_begin = row_after(sql, reader.position());
      line += count_lines(sql.substr(counted, row_begin - counted));
      counted = row_begin;
      if (!reader.next(fields)) break;
      const bool skipped = !skips_.empty() && skips_.front() == block_row_;
      ++block_row_;
      if (skipped) {
        skips_ = skips_.subspan(1);
        continue;
      }
      for (const size_t index : reader.defaults()) {
        if (index < block.data->columns.size() && is_computed(block.table, block.data->columns[index]))
          continue;
        const auto known = std::ranges::find(block.data->defaults, index, &LoadPlan::Default::value);
        if (known != block.data->defaults.end()) {
          fields[index] = {known->text, known->null};
          continue;
        }
        return Error{Error::Kind::usage,
                     fmt::format("{}: the value DEFAULT is none that can be moved", place(line)),
                     {},
                     "write the value that the default gives"};
      }
      // Behind the values of an INSERT without a list may be columns that get none.
      const std::vector<std::string>& columns = block.data->columns;
      while (reader.columns().empty() && fields.size() < columns.size() &&
             is_computed(block.table, columns[fields.size()])) {
        fields.push_back({{}, true});
      }
      const std::vector<uint64_t>& rounded = block.data->rounded;
      integers.resize(rounded.size());
      for (size_t i = 0; i < rounded.size(); ++i) {
        if (rounded[i] >= fields.size() || fields[rounded[i]].null) continue;
        integers[i] = rounded_number(fields[rounded[i]].text);
        fields[rounded[i]].text = integers[i];
      }
      if (!add_row(block, batch, fields, line, line)) return false;
    }
    if (reader.failed())
      return changed(fmt::format("the INSERT at line {} has a value that is no literal", line));
    return true;
  }

  /// Or nowhere to be found: its column is dropped further down.
  bool is_computed(size_t table, const std::string& name) const {
    if (name.empty()) return true;
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
  std::unique_ptr<InputDigest> digest_;  ///< of the source, where it is asked for
  std::unique_ptr<ByteSource> source_;
  std::string path_;
  uint32_t input_ = 0;
  uint64_t position_ = 0;            ///< of the source
  uint64_t left_ = 0;                ///< bytes of the block not read yet
  std::span<const uint64_t> skips_;  ///< rows of the block that are still to be skipped
  uint64_t block_row_ = 0;           ///< the row of the block that comes next
  bool wanted_ = true;
};

}  // namespace

Error row_too_long(const std::string& place, size_t longest) {
  return {Error::Kind::usage,
          fmt::format("{}: a row is longer than {} MB", place, longest >> 20),
          {},
          "give it more room with --memory (four times the longest row)"};
}

std::string name_for_reading(const LoadPlan::Table& table) {
  const std::string name = quote_name(table.schema, table.name);
  if (!table.renamed()) return name;
  return fmt::format("{} ({} in the source)", name, quote_name(table.source_schema, table.source_name));
}

Result<void> read_dump_rows(const LoadPlan& plan, const RowSourceOptions& options, const OpenInput& open,
                            BatchSink& sink) {
  return DumpRows(plan, options, open, sink).run();
}

}  // namespace pg2crdb
