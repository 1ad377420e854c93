#include "runtime/part_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/live_source.h"
#include "runtime/parts.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

size_t index_of(const LoadPlan& plan, const ObjectName& table) {
  const auto found = std::find_if(plan.tables.begin(), plan.tables.end(),
                                  [&](const LoadPlan::Table& planned) { return planned.target() == table; });
  if (found == plan.tables.end()) throw InternalError("a part of a table that the plan does not have");
  return static_cast<size_t>(found - plan.tables.begin());
}

}  // namespace

PartLoader::PartLoader(const LoadPlan& plan, const ChunkMarks& marks, const Leases& leases,
                       const Lease& lease, BatchWriter& writer, Observer& observer,
                       std::function<void()> arrived)
    : plan_(plan),
      marks_(marks),
      leases_(leases),
      lease_(lease),
      writer_(writer),
      observer_(observer),
      arrived_(std::move(arrived)),
      table_(index_of(plan, lease.part.table)),
      name_(quote_name(lease.part.table.schema, lease.part.table.name)) {}

// The columns that it was turned to are the part's, and go away with it.
PartLoader::~PartLoader() {
  writer_.turn_away();
}

RowSourceOptions PartLoader::reading(size_t longest_row) const {
  RowSourceOptions options;
  options.wanted = {true};
  options.batch_bytes = marks_.chunk_bytes();
  options.longest_row = longest_row;
  options.check_length = false;
  return options;
}

Result<PartLoader::End> PartLoader::load_from(Connection& source, size_t longest_row) {
  if (Result<void> found = find_marks(); !found) return found.error();
  const Result<bool> read =
      read_source_part(source, plan_, table_, loaded_source_columns(plan_.tables[table_]),
                       {lease_.part.begin, lease_.part.end}, reading(longest_row),
                       [this](Batch batch) { return take(std::move(batch)); });
  return end(read ? Result<void>() : read.error());
}

Result<PartLoader::End> PartLoader::load_from(ReusedInputs& inputs, size_t longest_row) {
  if (Result<void> found = find_marks(); !found) return found.error();
  const LoadPlan part = plan_of_part(plan_, table_, lease_.part);
  return end(read_dump_rows(
      part, reading(longest_row), [&](const std::string& path) { return inputs.open(path); }, *this));
}

/// Behind the lease: what its holders before brought is all there by now, and nothing more will come.
Result<void> PartLoader::find_marks() {
  Result<ChunkMarks::Marks> marks = marks_.find_part(writer_.target(), lease_.part.table, lease_.part.number);
  if (!marks) return marks.error();
  there_ = std::move(*marks);
  return {};
}

Result<PartLoader::End> PartLoader::end(const Result<void>& read) {
  if (lost_) return End::lost;
  if (error_) return *error_;
  if (refused_) return End::refused;
  if (!read) return read.error();
  if (stop_requested) return load_stopped();
  if (seen_ != there_.size()) {
    return Error{
        Error::Kind::usage,
        fmt::format("{}: the target has rows of part {} that are not there any more where they come from",
                    name_, lease_.part.number),
        {},
        "the rows have changed meanwhile: empty the tables, run DROP SCHEMA pg2crdb CASCADE, and load them "
        "again"};
  }
  const Result<bool> done = leases_.done(writer_.target(), lease_);
  if (!done) return done.error();
  return *done ? End::done : End::lost;
}

bool PartLoader::take(Batch batch) {
  if (stop_requested) return false;
  batch.table = table_;
  batch.place.part = lease_.part.number;
  const Result<void> taken = take_rows(batch);
  if (!taken && !lost_) error_ = taken.error();
  return taken && !lost_ && !refused_;
}

Result<void> PartLoader::take_rows(const Batch& batch) {
  const Hash128 content = hash128(batch.rows, 0);
  const auto mark = there_.find(batch.place);
  if (mark == there_.end()) return send(batch);
  if (!(mark->second.content == content)) {
    return Error{Error::Kind::usage,
                 fmt::format("{}: rows that part {} had are others by now", name_, lease_.part.number),
                 {},
                 "what they are read from was changed: empty the tables, run DROP SCHEMA pg2crdb CASCADE, "
                 "and load them again"};
  }
  ++seen_;
  rows_ += mark->second.rows;
  return {};
}

Result<void> PartLoader::send(const Batch& batch) {
  writer_.turn_to(plan_.tables[table_], batch);
  std::vector<Transcoder::BadRow> bad;
  writer_.clear();
  const uint64_t given = writer_.add(batch.rows, bad);
  if (!bad.empty()) return refuse(batch, bad[0].reason, bad[0].index);
  const std::string mark = marks_.statement(lease_.part.table, batch.place, {given, hash128(batch.rows, 0)});
  const Result<uint64_t> sent = writer_.send(given, mark, [&](Connection& target) -> Result<void> {
    const Result<bool> held = leases_.hold(target, lease_, given);
    if (!held) return held.error();
    lost_ = !*held;
    if (!lost_) return {};
    return Error{Error::Kind::interrupted, "the lease has another worker", "P0001", {}};
  });
  if (sent) {
    arrived_();
    rows_ += *sent;
    observer_.rows_moved(name_, *sent, batch.rows.size());
    return {};
  }
  if (lost_ || !is_about_data(sent.error().sqlstate)) return sent.error();
  return refuse(batch, sent.error().sqlstate + ": " + sent.error().message);
}

Result<void> PartLoader::refuse(const Batch& batch, const std::string& why, std::optional<uint64_t> row) {
  refused_ = true;
  std::string place = "rows of the source";
  if (batch.first_line != 0) {
    place = row ? fmt::format("the row at {}:{}", batch.file, batch.line_of(*row))
                : fmt::format("one of the rows at {}:{} to {}", batch.file, batch.line_of(0),
                              batch.line_of(batch.count - 1));
  }
  const std::string text = fmt::format("{}: {}: {}", name_, place, why);
  observer_.problem(text);
  return leases_.refuse(writer_.target(), lease_, text);
}

}  // namespace pg2crdb
