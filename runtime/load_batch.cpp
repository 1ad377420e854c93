#include <fmt/format.h>

#include <algorithm>

#include "runtime/loader.h"
#include "support/plurals.h"

namespace pg2crdb {
namespace {

std::string_view row_of(const Batch& batch, const std::vector<size_t>& begins, uint64_t index) {
  return std::string_view(batch.rows).substr(begins[index], begins[index + 1] - begins[index]);
}

}  // namespace

Result<void> Loader::load_batch(BatchWriter& writer, Table& table, const Batch& batch) {
  Hash128 content;
  if (marks_chunks()) {
    content = hash128(batch.rows, 0);
    if (is_there(table, batch, content)) return {};
  }
  writer.turn_to(table.planned, batch);
  std::vector<Transcoder::BadRow> bad;
  writer.clear();
  const uint64_t given = writer.add(batch.rows, bad);
  for (const Transcoder::BadRow& row : bad) {
    Result<void> rejected = reject(table, batch, row.index, {Error::Kind::rejected, row.reason, {}, {}});
    if (!rejected) return rejected;
  }
  const uint64_t good = given - bad.size();
  if (options_.method == LoadMethod::import_into && !table.by_copy && !writer.columns().empty()) {
    Result<void> added =
        import_of(table).add({writer.columns(), std::string(writer.null_word())}, writer.csv(), good,
                             batch.first_line == 0 ? "" : fmt::format("{}:{}", batch.file, batch.line_of(0)));
    if (!added) return added;
  } else if (good > 0) {
    Result<void> sent = send_good(writer, table, batch, bad, good, content);
    if (!sent) return sent;
  }
  const std::lock_guard lock(table.mutex);
  table.given += given;
  table.bytes += batch.rows.size();
  return {};
}

Result<void> Loader::send_good(BatchWriter& writer, Table& table, const Batch& batch,
                               const std::vector<Transcoder::BadRow>& bad, uint64_t good,
                               const Hash128& content) {
  std::string mark;
  if (marks_chunks()) mark = marks_->statement(table.planned.target(), batch.place, {good, content});
  Result<uint64_t> sent = writer.send(good, mark);
  if (sent) {
    count_loaded(table, *sent, batch.rows.size());
    return {};
  }
  if (is_about_data(sent.error().sqlstate)) return sort_out(writer, table, batch, bad, good);
  return about(table, sent.error());
}

/// Also where it is there with other rows: the table is loaded again then, from its beginning.
bool Loader::is_there(Table& table, const Batch& batch, const Hash128& content) {
  const auto mark = table.there.find(batch.place);
  const bool same = mark != table.there.end() && mark->second.content == content;
  {
    const std::lock_guard lock(table.mutex);
    if (mark != table.there.end() && !same) table.changed = true;
    if (table.changed) return true;
    if (same) ++table.seen;
    if (same) table.given += batch.count;
  }
  if (same) count_loaded(table, mark->second.rows, batch.rows.size());
  return same;
}

TableImport& Loader::import_of(Table& table) {
  const std::lock_guard lock(table.mutex);
  if (!table.import) {
    table.import = std::make_unique<TableImport>(*store_, table.planned.target());
  }
  return *table.import;
}

void Loader::count_loaded(Table& table, uint64_t rows, uint64_t bytes) {
  {
    const std::lock_guard lock(table.mutex);
    table.loaded += rows;
  }
  observer_.rows_moved(table.name, rows, bytes);
}

/// Loads the batch's rows that the target takes, halving where it refuses some.
Result<void> Loader::sort_out(BatchWriter& writer, Table& table, const Batch& batch,
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

Result<void> Loader::load_half(BatchWriter& writer, Table& table, const Batch& batch,
                               const std::vector<size_t>& begins, const std::vector<uint64_t>& indexes) {
  const auto load = [&](const std::vector<uint64_t>& part) -> Result<void> {
    writer.clear();
    std::vector<Transcoder::BadRow> none;
    for (const uint64_t index : part) {
      writer.add(row_of(batch, begins, index), none);
    }
    Result<uint64_t> sent = writer.send(part.size(), {});
    if (sent) {
      count_loaded(table, *sent, writer.csv().size());
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

Result<void> Loader::reject(Table& table, const Batch& batch, uint64_t index, const Error& why) {
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
  return Error{
      Error::Kind::interrupted,  // the load stops here
      options_.max_bad_rows == 0
          ? fmt::format("{}: {} was refused: {}; the row: {}", table.name, place, reason, shown)
          : fmt::format("{}: more than {} refused, the last is {}: {}; the row: {}", table.name,
                        counted_were(options_.max_bad_rows, "row"), place, reason, shown),
      why.sqlstate,
      options_.source.empty()
          ? "go on with a larger --max-bad-rows: refused rows then go to a file. Of a dump that was "
            "corrected it is another run: empty the target, remove the journal and start anew"
          : "correct the row in the source, or go on with a larger --max-bad-rows: refused rows then "
            "go to a file"};
}

}  // namespace pg2crdb
