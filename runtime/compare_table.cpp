#include "runtime/compare_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "runtime/compare.h"
#include "runtime/composite_types.h"
#include "runtime/connection_error.h"
#include "runtime/equal_keys.h"
#include "runtime/equal_texts.h"
#include "runtime/live_source.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string name_of(const LoadPlan::Table& table) {
  return quote_name(table.schema, table.name);
}

/// Of a relation or a column: the target may lack it, or the source.
constexpr std::string_view undefined_column = "42703";

bool is_undefined(const Error& error) {
  return error.sqlstate == "42P01" || error.sqlstate == undefined_column || error.sqlstate == "3F000";
}

VerifiedTable verified_table(const LoadPlan::Table& table, const AskedAgain& asked) {
  const Comparison& found = asked.found;
  return {.table = table.target(),
          .truth_rows = found.truth_rows,
          .success = found.success,
          .missing = found.missing,
          .mismatch = found.mismatch,
          .extraneous = found.extraneous,
          .changing = asked.changing};
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

TableComparer::TableComparer(const LoadPlan& plan, const VerifyOptions& options, size_t jobs,
                             Observer& observer)
    : plan_(plan),
      options_(options),
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
  if (verified) {
    if (Result<void> whole = check_source_was_whole(compared); !whole) return whole.error();
    return verified;
  }
  if (!is_undefined(verified.error())) return verified;
  sessions.forget();
  Result<std::optional<VerifiedTable>> otherwise = compare_what_is_there(compared);
  if (!otherwise) return otherwise.error();
  if (*otherwise) return std::move(**otherwise);
  Error error = verified.error();
  // The target has all columns.
  if (error.sqlstate == undefined_column && !error.message.starts_with("source: "))
    error.message = fmt::format("source: ERROR {}: {}", error.sqlstate, error.message);
  return error;
}

Result<void> TableComparer::check_source_was_whole(const Compared& compared) {
  if (options_.source.empty()) return {};
  const Result<Connection*> source = compared.sessions.source();
  if (!source) return source.error();
  return check_was_whole(**source, compared.table);
}

/// Of a table that the target lacks all rows are missing; of one that lacks columns the others are compared.
/// Nothing where it has them all. That it lacks something is a difference of the schema.
Result<std::optional<VerifiedTable>> TableComparer::compare_what_is_there(const Compared& compared) {
  const LoadPlan::Table& table = compared.table;
  const Result<Connection*> target = compared.sessions.target();
  if (!target) return target.error();
  const Result<std::optional<std::set<std::string>>> there = columns_at_target(**target, table);
  if (!there) return at_server(options_.target, there.error());
  const bool from_dump = options_.source.empty();
  if (!*there) {
    compared.log.say(fmt::format("{} is not there: all of its rows are missing", name_of(table)));
    NoRows none;
    Result<VerifiedTable> verified =
        compare_streams(compared, select_columns(table, from_dump, composites_), none, Shown::numbers);
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
  const bool has_key = !selection.compared.key.empty();
  if (options_.sample.wanted() && has_key) {
    const Result<uint64_t> rows = source_rows(compared);
    if (!rows) return rows.error();
    if (options_.sample.of(*rows) < *rows) return compare_sample(compared, selection, *rows);
  }
  Result<VerifiedTable> verified = compare_all(compared, selection);
  if (verified && options_.sample.wanted()) {
    compared.log.say(fmt::format(
        "the rows of {} are all compared: {}", name,
        has_key ? "there are no more than the sample would have" : "it has no key to find some of them by"));
  }
  return verified;
}

Result<VerifiedTable> TableComparer::compare_all(const Compared& compared, const Selection& selection) {
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
  const Result<Connection*> reached = compared.sessions.target();
  if (!reached) return reached.error();
  CopyStream target(**reached, copy_of(from_target(compared), selection, &LoadPlan::Column::name), "target",
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
    const Result<Connection*> reached = compared.sessions.source();
    if (!reached) return reached.error();
    const Result<std::string> from = from_source(compared, **reached);
    if (!from) return from.error();
    source =
        std::make_unique<CopyStream>(**reached, copy_of(*from, selection, &LoadPlan::Column::source_name),
                                     "source", selection.columns.empty(), &converter);
  }
  CompareOptions compare;
  compare.max_reported = shown == Shown::rows ? kept_differences(selection) : 0;
  if (!from_dump) compare.unordered_limit = options_.row_limit;
  const Result<Comparison> all = compare_rows(selection.compared, *source, target, compare,
                                              [&](uint64_t rows) { compared.log.progress(rows); });
  if (!all) return all.error();
  const Result<AskedAgain> asked = settle(compared, selection, *all);
  if (!asked) return asked.error();
  report(compared, selection, *asked, shown);
  VerifiedTable verified = verified_table(compared.table, *asked);
  verified.source = {all->source_rows, all->source_hash};
  verified.target = {all->target_rows, all->target_hash};
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
  const Result<Connection*> here = compared.sessions.source();
  if (!here) return here.error();
  const Result<Connection*> there = compared.sessions.target();
  if (!there) return there.error();
  const Result<std::string> from = from_source(compared, **here);
  if (!from) return from.error();
  std::vector<std::string> source_key, target_key;
  for (const size_t column : selection.compared.key) {
    source_key.push_back(selection.columns[column]->source_name);
    target_key.push_back(selection.columns[column]->name);
  }
  const std::string at_source = copy_of(*from, selection, &LoadPlan::Column::source_name);
  const std::string at_target = copy_of(from_target(compared), selection, &LoadPlan::Column::name);
  for (const bool all : {false, true}) {
    CopyStream source(**here, all ? at_source : first_rows(at_source, source_key), "source", false, nullptr);
    CopyStream target(**there, all ? at_target : first_rows(at_target, target_key), "target", false, nullptr);
    const Result<std::optional<uint64_t>> rows =
        rows_of_equal_texts(source, target, [&](uint64_t seen) { compared.log.progress(seen); });
    if (!rows) return rows.error();
    if (!*rows) return std::optional<VerifiedTable>();
    if (!all) continue;
    Comparison found;
    found.source_rows = found.target_rows = found.truth_rows = found.success = **rows;
    const AskedAgain equal{.found = found};
    report(compared, selection, equal);
    return std::optional(verified_table(compared.table, equal));
  }
  return std::optional<VerifiedTable>();
}

/// Nothing where the table's rows have to be streamed, which is said.
Result<std::optional<VerifiedTable>> TableComparer::push_down(const Compared& compared,
                                                              const Selection& selection) {
  const std::string name = name_of(compared.table);
  const Result<Connection*> here = compared.sessions.source();
  if (!here) return here.error();
  PushDown columns = plan_push_down(plan_, selection, **here);
  for (const std::string& sentence : columns.sentences(name, selection)) compared.log.say(sentence);
  if (!columns.why_not.empty()) return std::optional<VerifiedTable>();
  const Result<Connection*> there = compared.sessions.target();
  if (!there) return there.error();
  Result<std::string> from = from_source(compared, **here);
  if (!from) return from.error();
  const Result<uint64_t> rows = count_rows(**here, *from);
  if (!rows) return rows.error();
  CompareOptions compare;
  compare.max_reported = kept_differences(selection);
  EqualKeys equal(options_.journal, compared.table.target());
  const Result<PushedDown> pushed = compare_pushed_down(
      {**here, std::move(*from)}, {**there, from_target(compared)}, plan_, selection, columns, *rows, compare,
      equal, [&](uint64_t seen) { compared.log.progress(seen); });
  if (!pushed) {
    if (pushed.error().sqlstate.empty() || is_undefined(pushed.error()) || stop_requested)
      return pushed.error();
    compared.sessions.forget();
    columns.why_not = pushed.error().message;
    for (const std::string& sentence : columns.sentences(name, selection)) compared.log.say(sentence);
    return std::optional<VerifiedTable>();
  }
  if (pushed->equal_before > 0) {
    compared.log.say(fmt::format("{} of {} were found equal by the run before",
                                 counted(pushed->equal_before, "row"), name));
  }
  compared.log.pushed_down(*pushed);
  const Result<AskedAgain> asked = settle(compared, selection, pushed->found);
  if (!asked) return asked.error();
  report(compared, selection, *asked);
  return std::optional(verified_table(compared.table, *asked));
}

std::unique_ptr<RowStream> TableComparer::dump_stream(size_t index, const Selection& selection,
                                                      Converter& converter) {
  RowSourceOptions reading;
  reading.row_limit = options_.row_limit;
  reading.check_length = lasts_.contains(index);
  return std::make_unique<DumpStream>(plan_, index, selection, reading, inputs_, converter);
}

Result<std::string> TableComparer::from_source(const Compared& compared, Connection& source) const {
  Result<std::string> from = source_table(source, plan_, compared.table);
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
  const Result<Connection*> source = compared.sessions.source();
  if (!source) return source.error();
  const Result<std::string> from = from_source(compared, **source);
  if (!from) return from.error();
  return count_rows(**source, *from);
}

/// Of a table of `rows` rows that has a key: what lies behind the sample is counted.
Result<VerifiedTable> TableComparer::compare_sample(const Compared& compared, const Selection& selection,
                                                    uint64_t rows) {
  const LoadPlan::Table& table = compared.table;
  const uint64_t wanted = options_.sample.of(rows);
  const Result<Connection*> target = compared.sessions.target();
  if (!target) return target.error();
  const Result<uint64_t> there = count_rows(**target, name_of(table));
  if (!there) return there.error();
  Converter converter(selection);
  std::unique_ptr<RowStream> source;
  ChosenRows chosen(rows, wanted);
  bool chosen_by_source = false;
  if (options_.source.empty()) {
    source = dump_stream(compared.index, selection, converter);
  } else {
    const Result<Connection*> live = compared.sessions.source();
    if (!live) return live.error();
    const Result<std::string> from = from_source(compared, **live);
    if (!from) return from.error();
    chosen_by_source = !(*live)->is_cockroachdb();
    const double percent = 100 * static_cast<double>(wanted) / static_cast<double>(rows);
    source = std::make_unique<CopyStream>(
        **live,
        chosen_by_source
            ? source_sample(*from, column_names(selection, &LoadPlan::Column::source_name), percent)
            : copy_of(*from, selection, &LoadPlan::Column::source_name),
        "source", false, &converter);
  }
  const LookUp look_up = [&](const std::vector<Difference::Row>& found) {
    return std::make_unique<CopyStream>(**target, target_copy(table, selection, found), "target", false,
                                        nullptr);
  };
  CompareOptions compare;
  compare.max_reported = kept_differences(selection);
  const Result<Comparison> sampled = pg2crdb::compare_sample(
      selection.compared, *source, [&] { return chosen_by_source || chosen.next(); }, look_up, compare);
  if (!sampled) return sampled.error();
  Result<AskedAgain> asked = settle(compared, selection, *sampled);
  if (!asked) return asked.error();
  Comparison& found = asked->found;
  compared.log.say(fmt::format(
      "a sample of {}: {} of its {} are compared, chosen by the seed {}; the target holds {}", name_of(table),
      with_commas(found.source_rows), counted(rows, "row"), sample_seed, counted(*there, "row")));
  // Of rows that are too many or too few, their number is known.
  const Result<RowCounts> counts = settle_counts(compared, selection, {rows, *there});
  if (!counts) return counts.error();
  if (counts->source > counts->target)
    found.missing = std::max(found.missing, counts->source - counts->target);
  if (counts->target > counts->source)
    found.extraneous = std::max(found.extraneous, counts->target - counts->source);
  report(compared, selection, *asked);
  return verified_table(table, *asked);
}

uint64_t TableComparer::kept_differences(const Selection& selection) const {
  return may_ask_again(selection) ? std::max(options_.max_reported, most_asked_again) : options_.max_reported;
}

void TableComparer::report(const Compared& compared, const Selection& selection, const AskedAgain& asked,
                           Shown shown) const {
  const VerifyLog& log = compared.log;
  const Comparison& found = asked.found;
  const bool limited =
      !options_.source.empty() && options_.row_limit > 0 && found.source_rows > options_.row_limit;
  const uint64_t count = std::min<uint64_t>(found.differences.size(), options_.max_reported);
  for (uint64_t i = 0; i < count; ++i) log.difference(selection.compared, found.differences[i]);
  uint64_t named = found.mismatch + found.extraneous;
  if (!limited) {
    named += found.missing;
  } else if (found.missing > 0) {
    log.say(fmt::format("{} missing on {}: with a row limit nobody knows which",
                        counted(found.missing, "row"), name_of(compared.table)));
  }
  if (shown == Shown::rows && named > count) {
    log.say(fmt::format("{} on {} not shown", counted(named - count, "more differing row"),
                        name_of(compared.table)));
  }
  log.finished(found, asked.equal_now);
}

}  // namespace pg2crdb
