#include "runtime/compare_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>
#include <vector>

#include "runtime/compare.h"
#include "runtime/composite_types.h"
#include "runtime/equal_keys.h"
#include "runtime/equal_texts.h"
#include "runtime/live_source.h"
#include "runtime/moment.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string name_of(const LoadPlan::Table& table) {
  return quote_name(table.schema, table.name);
}

/// Of a relation or a column: the target may lack it, or the source.
bool is_undefined(const Error& error) {
  return error.sqlstate == "42P01" || error.sqlstate == "42703" || error.sqlstate == "3F000";
}

Result<uint64_t> count(Connection& side, const std::string& from) {
  const Result<Rows> found = side.query("SELECT count(*) FROM " + from);
  if (!found) return found.error();
  return std::strtoull(found->values[0][0].c_str(), nullptr, 10);
}

std::string within(const std::string& from, const std::string& key, const Shard& shard) {
  if (shard.count == 1) return from;
  return fmt::format("(SELECT * FROM {} WHERE {}) AS shard", from,
                     in_ranges(quote_identifier(key), {shard.keys}));
}

}  // namespace

std::vector<size_t> by_input(const LoadPlan& plan) {
  std::vector<size_t> order;
  std::vector<std::pair<uint32_t, uint64_t>> begins;
  for (size_t i = 0; i < plan.tables.size(); ++i) {
    const std::vector<LoadPlan::Data>& data = plan.tables[i].data;
    order.push_back(i);
    begins.emplace_back(data.empty() ? 0 : data.front().input, data.empty() ? 0 : data.front().begin);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return begins[a] < begins[b]; });
  return order;
}

TableComparer::TableComparer(const LoadPlan& plan, const VerifyOptions& options,
                             const ComparedMoments& moments, size_t jobs, Observer& observer)
    : plan_(plan),
      options_(options),
      moments_(moments),
      observer_(observer),
      composites_(composite_types(plan)),
      inputs_(2 * jobs) {
  std::map<uint32_t, std::pair<uint64_t, size_t>> last;  // of each input: the last block's begin and table
  for (size_t i = 0; i < plan.tables.size(); ++i) {
    for (const LoadPlan::Data& data : plan.tables[i].data)
      last[data.input] = std::max(last[data.input], std::pair(data.begin, i));
  }
  for (const auto& [input, block] : last) lasts_.insert(block.second);
}

bool TableComparer::has_shards(size_t index) const {
  const Selection selection = select_columns(plan_.tables[index], options_.source.empty(), composites_);
  const std::vector<size_t>& key = selection.compared.key;
  return !options_.source.empty() && !key.empty() &&
         selection.compared.columns[key.front()].type.form == CanonicalForm::integer &&
         selection.columns[key.front()]->conversion == LoadPlan::Conversion::none;
}

std::string TableComparer::first_key(size_t index, std::string LoadPlan::Column::*name) const {
  const Selection selection = select_columns(plan_.tables[index], options_.source.empty(), composites_);
  return selection.columns[selection.compared.key.front()]->*name;
}

Error TableComparer::at_target(Error error) const {
  error.message = redacted(options_.target) + ": " + error.message;
  return error;
}

Result<VerifiedTable> TableComparer::compare(size_t index, const Shard& shard, Sessions& sessions) {
  const LoadPlan::Table& table = plan_.tables[index];
  VerifyLog log(table, options_.json_log, observer_, shard.number, shard.count);
  const Compared compared{index, table, shard, log, sessions};
  const Selection selection = select_columns(table, options_.source.empty(), composites_);
  log.starting();
  for (const std::string& column : selection.left_out) {
    log.say(fmt::format("column {} of {} is not compared: the dump does not hold its values", column,
                        name_of(table)));
  }
  Result<VerifiedTable> verified = compare_columns(compared, selection);
  if (verified || !is_undefined(verified.error())) return verified;
  sessions = {};
  Result<std::optional<VerifiedTable>> otherwise = compare_what_is_there(compared);
  if (!otherwise) return otherwise.error();
  return *otherwise ? std::move(**otherwise) : std::move(verified);
}

/// Of a table that the target lacks all rows are missing; of one that lacks columns the others are compared.
/// Nothing where it has them all. That it lacks something is a difference of the schema.
Result<std::optional<VerifiedTable>> TableComparer::compare_what_is_there(const Compared& compared) {
  const LoadPlan::Table& table = compared.table;
  if (Result<void> opened = reach_target(compared.sessions); !opened) return opened.error();
  const Result<std::optional<std::set<std::string>>> there =
      columns_at_target(*compared.sessions.target, table);
  if (!there) return at_target(there.error());
  const bool from_dump = options_.source.empty();
  if (!*there) {
    compared.log.say(fmt::format("{} is not there: all of its rows are missing", name_of(table)));
    NoRows target;
    Result<VerifiedTable> verified =
        compare_streams(compared, select_columns(table, from_dump, composites_), target, Shown::numbers);
    if (!verified) return verified.error();
    return std::optional(std::move(*verified));
  }
  const Selection selection = select_columns(table, from_dump, composites_, &**there);
  if (selection.not_at_target.empty()) return std::optional<VerifiedTable>();
  for (const std::string& column : selection.not_at_target) {
    compared.log.say(
        fmt::format("column {} of {} is not compared: the target has none", column, name_of(table)));
  }
  Result<VerifiedTable> verified = compare_columns(compared, selection);
  if (!verified) return verified.error();
  return std::optional(std::move(*verified));
}

Result<VerifiedTable> TableComparer::compare_columns(const Compared& compared, const Selection& selection) {
  const std::string name = name_of(compared.table);
  if (selection.columns.empty())
    compared.log.say(fmt::format("the rows of {} are counted: it has no column that both sides hold", name));
  if (Result<void> opened = reach_target(compared.sessions); !opened) return opened.error();

  if (options_.sample.wanted() && !selection.compared.key.empty()) {
    const Result<uint64_t> rows = source_rows(compared);
    if (!rows) return rows.error();
    if (options_.sample.of(*rows) < *rows) return compare_sample(compared, selection, *rows);
  }
  if (options_.sample.wanted()) {
    compared.log.say(fmt::format("the rows of {} are all compared: {}", name,
                                 selection.compared.key.empty()
                                     ? "it has no key to find some of them by"
                                     : "there are no more than the sample would have"));
  }
  if (options_.push_down) {
    Result<std::optional<VerifiedTable>> pushed = push_down(compared, selection);
    if (!pushed) return pushed.error();
    if (*pushed) return std::move(**pushed);
  }
  if (may_compare_texts(selection)) {
    const Result<std::optional<VerifiedTable>> equal = compare_texts(compared, selection);
    if (!equal) return equal.error();
    if (*equal) return **equal;
  }
  CopyStream target(*compared.sessions.target,
                    columns_copy(from_target(compared), selection, &LoadPlan::Column::name), "target",
                    selection.columns.empty(), nullptr);
  return compare_streams(compared, selection, target, Shown::rows);
}

Result<VerifiedTable> TableComparer::compare_streams(const Compared& compared, const Selection& selection,
                                                     RowStream& target, Shown shown) {
  const bool from_dump = options_.source.empty();
  Converter converter(selection);
  std::unique_ptr<RowStream> source;
  if (from_dump) {
    source = dump_stream(compared.index, selection, converter);
  } else {
    if (Result<void> opened = reach_source(compared.sessions); !opened) return opened.error();
    const Result<std::string> from = from_source(compared);
    if (!from) return from.error();
    source = std::make_unique<CopyStream>(*compared.sessions.source,
                                          columns_copy(*from, selection, &LoadPlan::Column::source_name),
                                          "source", selection.columns.empty(), &converter);
  }
  CompareOptions compare;
  compare.max_reported = shown == Shown::rows ? options_.max_reported : 0;
  if (!from_dump) compare.unordered_limit = options_.row_limit;
  const Result<Comparison> found = compare_rows(selection.compared, *source, target, compare,
                                                [&](uint64_t rows) { compared.log.progress(rows); });
  if (!found) return found.error();
  report(compared, selection, *found);
  VerifiedTable verified{compared.table.target(), found->truth_rows, found->success,
                         found->missing,          found->mismatch,   found->extraneous};
  verified.source = {found->source_rows, found->source_hash};
  verified.target = {found->target_rows, found->target_hash};
  verified.columns = hashed_columns(selection);
  verified.left_out = selection.left_out;
  verified.left_out.insert(verified.left_out.end(), selection.not_at_target.begin(),
                           selection.not_at_target.end());
  return verified;
}

/// A certificate has the hashes of values.
bool TableComparer::may_compare_texts(const Selection& selection) const {
  const bool is_converted = std::ranges::any_of(selection.columns, [](const LoadPlan::Column* column) {
    return column->conversion != LoadPlan::Conversion::none;
  });
  return !options_.source.empty() && options_.row_limit == 0 && options_.verified == nullptr &&
         !selection.compared.key.empty() && !is_converted;
}

/// Texts cost a fraction of what values do. Where those of the first rows are equal, all are compared;
/// nothing where any differ: values have to tell.
Result<std::optional<VerifiedTable>> TableComparer::compare_texts(const Compared& compared,
                                                                  const Selection& selection) {
  Sessions& sessions = compared.sessions;
  if (Result<void> opened = reach_source(sessions); !opened) return opened.error();
  const Result<std::string> from = from_source(compared);
  if (!from) return from.error();
  std::vector<std::string> source_key, target_key;
  for (const size_t column : selection.compared.key) {
    source_key.push_back(selection.columns[column]->source_name);
    target_key.push_back(selection.columns[column]->name);
  }
  const std::string at_source = columns_copy(*from, selection, &LoadPlan::Column::source_name);
  const std::string at_target = columns_copy(from_target(compared), selection, &LoadPlan::Column::name);
  for (const bool all : {false, true}) {
    CopyStream source(*sessions.source, all ? at_source : first_rows(at_source, source_key), "source", false,
                      nullptr);
    CopyStream target(*sessions.target, all ? at_target : first_rows(at_target, target_key), "target", false,
                      nullptr);
    const Result<std::optional<uint64_t>> rows =
        rows_of_equal_texts(source, target, [&](uint64_t seen) { compared.log.progress(seen); });
    if (!rows) return rows.error();
    if (!*rows) return std::optional<VerifiedTable>();
    if (!all) continue;
    Comparison found;
    found.source_rows = found.target_rows = found.truth_rows = found.success = **rows;
    report(compared, selection, found);
    return std::optional<VerifiedTable>({compared.table.target(), **rows, **rows, 0, 0, 0});
  }
  return std::optional<VerifiedTable>();
}

/// Nothing where the table's rows have to be streamed, which is said.
Result<std::optional<VerifiedTable>> TableComparer::push_down(const Compared& compared,
                                                              const Selection& selection) {
  Sessions& sessions = compared.sessions;
  const std::string name = name_of(compared.table);
  if (Result<void> opened = reach_source(sessions); !opened) return opened.error();
  PushDown columns = plan_push_down(plan_, selection, *sessions.source);
  for (const std::string& sentence : columns.sentences(name, selection)) compared.log.say(sentence);
  if (!columns.why_not.empty()) return std::optional<VerifiedTable>();
  Result<std::string> from = from_source(compared);
  if (!from) return from.error();
  const Result<uint64_t> rows = count(*sessions.source, *from);
  if (!rows) return rows.error();
  CompareOptions compare;
  compare.max_reported = options_.max_reported;
  EqualKeys equal(options_.journal, compared.table.target());
  const Result<PushedDown> pushed = compare_pushed_down(
      {*sessions.source, std::move(*from)}, {*sessions.target, from_target(compared)}, plan_, selection,
      columns, *rows, compare, equal, [&](uint64_t seen) { compared.log.progress(seen); });
  if (!pushed) {
    if (pushed.error().sqlstate.empty() || stop_requested) return pushed.error();
    sessions = {};
    columns.why_not = pushed.error().message;
    for (const std::string& sentence : columns.sentences(name, selection)) compared.log.say(sentence);
    if (Result<void> again = reach_target(sessions); !again) return again.error();
    return std::optional<VerifiedTable>();
  }
  if (pushed->equal_before > 0) {
    compared.log.say(fmt::format("{} of {} were found equal by the run before",
                                 counted(pushed->equal_before, "row"), name));
  }
  compared.log.pushed_down(*pushed);
  report(compared, selection, pushed->found);
  const Comparison& found = pushed->found;
  return std::optional<VerifiedTable>({compared.table.target(), found.truth_rows, found.success,
                                       found.missing, found.mismatch, found.extraneous});
}

std::unique_ptr<RowStream> TableComparer::dump_stream(size_t index, const Selection& selection,
                                                      Converter& converter) {
  RowSourceOptions reading;
  reading.row_limit = options_.row_limit;
  reading.check_length = lasts_.contains(index);
  return std::make_unique<DumpStream>(plan_, index, selection, reading, inputs_, converter);
}

Result<void> TableComparer::reach_target(Sessions& sessions) const {
  if (sessions.target) return {};
  Result<Connection> opened = open_at(options_.target, moments_.begin);
  if (!opened) return opened.error();
  sessions.target.emplace(std::move(*opened));
  return {};
}

Result<void> TableComparer::reach_source(Sessions& sessions) const {
  if (sessions.source) return {};
  Result<Connection> opened = open_source(options_.source, moments_.snapshot);
  if (!opened) return opened.error();
  sessions.source.emplace(std::move(*opened));
  return {};
}

Result<std::string> TableComparer::from_source(const Compared& compared) const {
  Result<std::string> from = source_table(*compared.sessions.source, plan_, compared.table);
  if (!from || compared.shard.count == 1) return from;
  return within(*from, first_key(compared.index, &LoadPlan::Column::source_name), compared.shard);
}

std::string TableComparer::from_target(const Compared& compared) const {
  if (compared.shard.count == 1) return name_of(compared.table);
  return within(name_of(compared.table), first_key(compared.index, &LoadPlan::Column::name), compared.shard);
}

Result<uint64_t> TableComparer::source_rows(const Compared& compared) const {
  if (options_.source.empty()) {
    uint64_t rows = 0;
    for (const LoadPlan::Data& data : compared.table.data) rows += data.rows;
    return rows;
  }
  if (Result<void> opened = reach_source(compared.sessions); !opened) return opened.error();
  const Result<std::string> from = from_source(compared);
  if (!from) return from.error();
  return count(*compared.sessions.source, *from);
}

/// Of a table of `rows` rows that has a key: what lies behind the sample is counted.
Result<VerifiedTable> TableComparer::compare_sample(const Compared& compared, const Selection& selection,
                                                    uint64_t rows) {
  const LoadPlan::Table& table = compared.table;
  Sessions& sessions = compared.sessions;
  const uint64_t wanted = options_.sample.of(rows);
  Converter converter(selection);
  std::unique_ptr<RowStream> source;
  ChosenRows chosen(rows, wanted);
  bool chosen_by_source = false;
  if (options_.source.empty()) {
    source = dump_stream(compared.index, selection, converter);
  } else {
    const Result<std::string> from = from_source(compared);
    if (!from) return from.error();
    chosen_by_source = !sessions.source->is_cockroachdb();
    const double percent = 100 * static_cast<double>(wanted) / static_cast<double>(rows);
    source = std::make_unique<CopyStream>(
        *sessions.source,
        chosen_by_source
            ? source_sample(*from, column_names(selection, &LoadPlan::Column::source_name), percent)
            : columns_copy(*from, selection, &LoadPlan::Column::source_name),
        "source", false, &converter);
  }
  const LookUp look_up = [&](const std::vector<Difference::Row>& found) {
    return std::make_unique<CopyStream>(*sessions.target, target_copy(table, selection, found), "target",
                                        false, nullptr);
  };
  CompareOptions compare;
  compare.max_reported = options_.max_reported;
  Result<Comparison> found = pg2crdb::compare_sample(
      selection.compared, *source, [&] { return chosen_by_source || chosen.next(); }, look_up, compare);
  if (!found) return found.error();
  const Result<uint64_t> there = count(*sessions.target, name_of(table));
  if (!there) return there.error();
  compared.log.say(fmt::format(
      "a sample of {}: {} of its {} are compared, chosen by the seed {}; the target holds {}", name_of(table),
      with_commas(found->source_rows), counted(rows, "row"), sample_seed, counted(*there, "row")));
  // Of rows that are too many or too few, their number is known.
  if (rows > *there) found->missing = std::max(found->missing, rows - *there);
  if (*there > rows) found->extraneous = std::max(found->extraneous, *there - rows);
  report(compared, selection, *found);
  return VerifiedTable{table.target(), found->truth_rows, found->success,
                       found->missing, found->mismatch,   found->extraneous};
}

void TableComparer::report(const Compared& compared, const Selection& selection,
                           const Comparison& found) const {
  const VerifyLog& log = compared.log;
  const bool limited =
      !options_.source.empty() && options_.row_limit > 0 && found.source_rows > options_.row_limit;
  for (const Difference& difference : found.differences) log.difference(selection.compared, difference);
  uint64_t named = found.mismatch + found.extraneous;
  if (!limited) {
    named += found.missing;
  } else if (found.missing > 0) {
    log.say(fmt::format("{} missing on {}: with a row limit nobody knows which",
                        counted(found.missing, "row"), name_of(compared.table)));
  }
  if (named > found.differences.size()) {
    log.say(fmt::format("{} on {} not shown", counted(named - found.differences.size(), "more differing row"),
                        name_of(compared.table)));
  }
  log.finished(found);
}

}  // namespace pg2crdb
