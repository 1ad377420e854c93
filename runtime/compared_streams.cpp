#include "runtime/compared_streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "rows/conversion.h"
#include "runtime/runtime.h"
#include "support/counted.h"

namespace pg2crdb {

Error verify_stopped() {
  return {.kind = Error::Kind::interrupted,
          .message = "stopped before all rows were compared",
          .sqlstate = {},
          .advice = "the same command with --resume leaves out the tables that were found equal"};
}

Converter::Converter(const Selection& selection) : scratch_(selection.columns.size()) {
  for (size_t i = 0; i < selection.columns.size(); ++i) {
    if (!goes_as_it_is(*selection.columns[i])) columns_.emplace_back(i, selection.columns[i]);
  }
}

void Converter::convert_row(std::vector<Field>& fields) {
  for (const auto& [index, column] : columns_) {
    Field field = fields[index];
    if (convert(*column, field, scratch_[index])) fields[index] = field;
  }
}

CopyStream::CopyStream(Connection& connection, std::string statement, std::string place, bool counts,
                       Converter* converter)
    : connection_(connection),
      counts_(counts),
      statement_(std::move(statement)),
      place_(std::move(place)),
      converter_(converter) {}

Result<void> CopyStream::read(const std::function<bool(const std::vector<Field>&)>& row) {
  bool readable = true;
  const Result<void> done = read_lines([&](std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    readable = decode_copy_row(line, fields_, scratch_);
    if (!readable) return false;
    if (counts_) fields_.assign(1, Field{});
    if (converter_ != nullptr) converter_->convert_row(fields_);
    return row(fields_);
  });
  if (!done || readable) return done;
  return Error{.kind = Error::Kind::interrupted,
               .message = place_ + ": the server sent a row that is not in COPY's text format",
               .sqlstate = {},
               .advice = {}};
}

Result<void> CopyStream::read_lines(const std::function<bool(std::string_view)>& line) {
  const Result<void> copied = connection_.copy_out(statement_, [&](std::string_view sent) {
    if (stop_requested) return false;
    bytes_ += sent.size();
    return line(sent);
  });
  if (stop_requested) return verify_stopped();
  if (!copied) {
    Error error = copied.error();
    error.message = fmt::format(
        "{}: {}{}", place_,
        error.sqlstate.empty() ? std::string() : fmt::format("ERROR {}: ", error.sqlstate), error.message);
    return error;
  }
  return {};
}

DumpStream::DumpStream(const LoadPlan& plan, size_t table, const Selection& selection,
                       const RowSourceOptions& options, ReusedInputs& inputs, Converter& converter)
    : plan_(plan), selection_(selection), inputs_(inputs), converter_(converter), options_(options) {
  options_.wanted.assign(plan.tables.size(), false);
  options_.wanted[table] = true;
  options_.longest_row = std::numeric_limits<size_t>::max();  // what was loaded is compared
}

Result<void> DumpStream::read(const std::function<bool(const std::vector<Field>&)>& row) {
  row_ = &row;
  problem_.reset();
  const Result<void> done = read_dump_rows(
      plan_, options_, [this](const std::string& path) { return inputs_.open(path); }, *this);
  if (stop_requested) return verify_stopped();
  if (problem_) return *problem_;
  return done;
}

bool DumpStream::table_begins(size_t /*table*/) {
  return !stop_requested;
}

bool DumpStream::table_ends(size_t /*table*/) {
  return !stop_requested;
}

bool DumpStream::take(Batch batch) {
  if (stop_requested) return false;
  std::vector<size_t> places;  // of each compared column in the batch's rows
  for (const LoadPlan::Column* column : selection_.columns) {
    const auto found = std::find(batch.columns->begin(), batch.columns->end(), column->source_name);
    // select_columns() takes only what all of a table's rows hold.
    if (found == batch.columns->end())
      throw InternalError(fmt::format("{}: the rows have no column {}, which is to be compared", batch.file,
                                      column->source_name));
    places.push_back(static_cast<size_t>(found - batch.columns->begin()));
  }
  std::string_view rest = batch.rows;
  std::vector<Field> ordered(std::max<size_t>(1, places.size()));
  for (uint64_t row = 0; !rest.empty(); ++row) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);  // as the load: of values it would be an escape
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const bool empty = batch.columns->empty() && line.empty();
    if (!empty && (!decode_copy_row(line, fields_, scratch_) || fields_.size() != batch.columns->size())) {
      problem_ = Error{.kind = Error::Kind::usage,
                       .message = fmt::format("{}:{}: this is no row of {}", batch.file, batch.line_of(row),
                                              counted(batch.columns->size(), "value")),
                       .sqlstate = {},
                       .advice = {}};
      return false;
    }
    for (size_t i = 0; i < places.size(); ++i) ordered[i] = fields_[places[i]];
    converter_.convert_row(ordered);
    if (!(*row_)(ordered)) return false;
  }
  return true;
}

}  // namespace pg2crdb
