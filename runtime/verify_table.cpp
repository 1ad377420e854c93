#include "runtime/verify_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "runtime/equal_texts.h"
#include "runtime/live_source.h"
#include "runtime/push_down.h"
#include "support/counted.h"
#include "support/plurals.h"
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

VerifiedTable verified_table(const LoadPlan::Table& table, const Comparison& found) {
  return {table.target(), found.truth_rows, found.success, found.missing, found.mismatch, found.extraneous};
}

}  // namespace

Result<VerifiedTable> TableVerifier::verify(size_t index) {
  const LoadPlan::Table& table = plan_.tables[index];
  VerifyLog log(table, options_.json_log, context_.observer);
  const Selection selection = select_columns(table, options_.source.empty(), context_.composites);
  log.starting();
  for (const std::string& column : selection.left_out) {
    log.say(fmt::format("column {} of {} is not compared: the dump does not hold its values", column,
                        name_of(table)));
  }
  Result<VerifiedTable> verified = verify_columns(index, selection, log);
  if (verified || !is_undefined(verified.error())) return verified;
  sides_.forget();
  Result<std::optional<VerifiedTable>> otherwise = verify_what_is_there(index, log);
  if (!otherwise) return otherwise.error();
  return *otherwise ? std::move(**otherwise) : std::move(verified);
}

/// Of a table that the target lacks all rows are missing; of one that lacks columns the others are
/// compared. Nothing where it has them all. That it lacks something is a difference of the schema.
Result<std::optional<VerifiedTable>> TableVerifier::verify_what_is_there(size_t index, VerifyLog& log) {
  const LoadPlan::Table& table = plan_.tables[index];
  const Result<Connection*> reached = sides_.target();
  if (!reached) return reached.error();
  const Result<std::optional<std::set<std::string>>> there = columns_at_target(**reached, table);
  if (!there) {
    Error error = there.error();
    error.message = redacted(options_.target) + ": " + error.message;
    return error;
  }
  const bool from_dump = options_.source.empty();
  if (!*there) {
    log.say(fmt::format("{} is not there: all of its rows are missing", name_of(table)));
    NoRows target;
    Result<VerifiedTable> verified = compare_streams(
        index, select_columns(table, from_dump, context_.composites), target, log, Shown::numbers);
    if (!verified) return verified.error();
    return std::optional(std::move(*verified));
  }
  const Selection selection = select_columns(table, from_dump, context_.composites, &**there);
  if (selection.not_at_target.empty()) return std::optional<VerifiedTable>();
  for (const std::string& column : selection.not_at_target)
    log.say(fmt::format("column {} of {} is not compared: the target has none", column, name_of(table)));
  Result<VerifiedTable> verified = verify_columns(index, selection, log);
  if (!verified) return verified.error();
  return std::optional(std::move(*verified));
}

Result<VerifiedTable> TableVerifier::verify_columns(size_t index, const Selection& selection,
                                                    VerifyLog& log) {
  const LoadPlan::Table& table = plan_.tables[index];
  if (selection.columns.empty()) {
    log.say(fmt::format("the rows of {} are counted: it has no column that both sides hold", name_of(table)));
  }
  const bool has_key = !selection.compared.key.empty();
  if (options_.sample.wanted() && has_key) {
    const Result<uint64_t> rows = source_rows(table);
    if (!rows) return rows.error();
    if (options_.sample.of(*rows) < *rows) return verify_sample(index, selection, *rows);
  }
  Result<VerifiedTable> verified = verify_all(index, selection, log);
  if (verified && options_.sample.wanted())
    log.say(fmt::format(
        "the rows of {} are all compared: {}", name_of(table),
        has_key ? "there are no more than the sample would have" : "it has no key to find some of them by"));
  return verified;
}

Result<VerifiedTable> TableVerifier::verify_all(size_t index, const Selection& selection, VerifyLog& log) {
  const LoadPlan::Table& table = plan_.tables[index];
  if (options_.push_down) {
    Result<std::optional<VerifiedTable>> pushed = push_down(table, selection, log);
    if (!pushed) return pushed.error();
    if (*pushed) return std::move(**pushed);
  }
  if (may_compare_texts(selection)) {
    const Result<std::optional<VerifiedTable>> equal = compare_texts(table, selection, log);
    if (!equal) return equal.error();
    if (*equal) return **equal;
  }
  const Result<Connection*> reached = sides_.target();
  if (!reached) return reached.error();
  CopyStream target(**reached, target_copy(table, selection), "target", selection.columns.empty(), nullptr);
  return compare_streams(index, selection, target, log, Shown::rows);
}

Result<VerifiedTable> TableVerifier::compare_streams(size_t index, const Selection& selection,
                                                     RowStream& target, VerifyLog& log, Shown shown) {
  const LoadPlan::Table& table = plan_.tables[index];
  const bool from_dump = options_.source.empty();
  Converter converter(selection);
  std::unique_ptr<RowStream> source;
  if (from_dump) {
    source = dump_stream(index, selection, converter);
  } else {
    const Result<Connection*> reached = sides_.source();
    if (!reached) return reached.error();
    Result<std::string> statement =
        source_copy(**reached, plan_, table, column_names(selection, &LoadPlan::Column::source_name), 0);
    if (!statement) return statement.error();
    source = std::make_unique<CopyStream>(**reached, std::move(*statement), "source",
                                          selection.columns.empty(), &converter);
  }
  CompareOptions compare;
  if (shown == Shown::numbers) {
    compare.max_reported = 0;
  } else {
    compare.max_reported = kept_differences(selection);
  }
  if (!from_dump) compare.unordered_limit = options_.row_limit;
  const Result<Comparison> all =
      compare_rows(selection.compared, *source, target, compare, [&](uint64_t rows) { log.progress(rows); });
  if (!all) return all.error();
  const Result<AskedAgain> asked = settle(table, selection, *all, log);
  if (!asked) return asked.error();
  report(log, table, selection, *asked, shown);
  VerifiedTable verified = verified_table(table, asked->found);
  verified.source = {all->source_rows, all->source_hash};
  verified.target = {all->target_rows, all->target_hash};
  verified.columns = hashed_columns(selection);
  verified.left_out = selection.left_out;
  verified.left_out.insert(verified.left_out.end(), selection.not_at_target.begin(),
                           selection.not_at_target.end());
  return verified;
}

/// A certificate has the hashes of values.
bool TableVerifier::may_compare_texts(const Selection& selection) const {
  const bool is_converted = std::ranges::any_of(selection.columns, [](const LoadPlan::Column* column) {
    return column->conversion != LoadPlan::Conversion::none;
  });
  return !options_.source.empty() && options_.row_limit == 0 && options_.verified == nullptr &&
         !selection.compared.key.empty() && !is_converted;
}

/// Texts cost a fraction of what values do. Where those of the first rows are equal, all are compared;
/// nothing where any differ: values have to tell.
Result<std::optional<VerifiedTable>> TableVerifier::compare_texts(const LoadPlan::Table& table,
                                                                  const Selection& selection,
                                                                  VerifyLog& log) {
  const Result<Connection*> here = sides_.source();
  if (!here) return here.error();
  const Result<Connection*> there = sides_.target();
  if (!there) return there.error();
  const Result<std::string> statement =
      source_copy(**here, plan_, table, column_names(selection, &LoadPlan::Column::source_name), 0);
  if (!statement) return statement.error();
  std::vector<std::string> source_key, target_key;
  for (const size_t column : selection.compared.key) {
    source_key.push_back(selection.columns[column]->source_name);
    target_key.push_back(selection.columns[column]->name);
  }
  const std::string at_target = target_copy(table, selection);
  for (const bool all : {false, true}) {
    CopyStream source(**here, all ? *statement : first_rows(*statement, source_key), "source", false,
                      nullptr);
    CopyStream target(**there, all ? at_target : first_rows(at_target, target_key), "target", false, nullptr);
    const Result<std::optional<uint64_t>> rows =
        rows_of_equal_texts(source, target, [&](uint64_t seen) { log.progress(seen); });
    if (!rows) return rows.error();
    if (!*rows) return std::optional<VerifiedTable>();
    if (!all) continue;
    Comparison found;
    found.source_rows = found.target_rows = found.truth_rows = found.success = **rows;
    report(log, table, selection, {.found = found});
    return std::optional(verified_table(table, found));
  }
  return std::optional<VerifiedTable>();
}

/// Nothing where the table's rows have to be streamed, which is said.
Result<std::optional<VerifiedTable>> TableVerifier::push_down(const LoadPlan::Table& table,
                                                              const Selection& selection, VerifyLog& log) {
  const Result<Connection*> here = sides_.source();
  if (!here) return here.error();
  PushDown columns = plan_push_down(plan_, selection, **here);
  for (const std::string& sentence : columns.sentences(name_of(table), selection)) log.say(sentence);
  if (!columns.why_not.empty()) return std::optional<VerifiedTable>();
  const Result<Connection*> there = sides_.target();
  if (!there) return there.error();
  Result<std::string> from = source_table(**here, plan_, table);
  if (!from) return from.error();
  const Result<uint64_t> rows = count(**here, *from);
  if (!rows) return rows.error();
  CompareOptions compare;
  compare.max_reported = kept_differences(selection);
  const Result<PushedDown> pushed =
      compare_pushed_down({**here, std::move(*from)}, {**there, name_of(table)}, plan_, selection, columns,
                          *rows, compare, [&](uint64_t seen) { log.progress(seen); });
  if (!pushed) {
    if (pushed.error().sqlstate.empty() || is_undefined(pushed.error()) || stop_requested)
      return pushed.error();
    sides_.forget();
    columns.why_not = pushed.error().message;
    for (const std::string& sentence : columns.sentences(name_of(table), selection)) log.say(sentence);
    return std::optional<VerifiedTable>();
  }
  log.pushed_down(*pushed);
  const Result<AskedAgain> asked = settle(table, selection, pushed->found, log);
  if (!asked) return asked.error();
  report(log, table, selection, *asked);
  return std::optional(verified_table(table, asked->found));
}

std::unique_ptr<RowStream> TableVerifier::dump_stream(size_t index, const Selection& selection,
                                                      Converter& converter) {
  RowSourceOptions reading;
  reading.row_limit = options_.row_limit;
  reading.check_length = context_.lasts.contains(index);
  return std::make_unique<DumpStream>(plan_, index, selection, reading, context_.inputs, converter);
}

Result<uint64_t> TableVerifier::source_rows(const LoadPlan::Table& table) {
  if (options_.source.empty()) {
    uint64_t rows = 0;
    for (const LoadPlan::Data& data : table.data) rows += data.rows;
    return rows;
  }
  const Result<Connection*> reached = sides_.source();
  if (!reached) return reached.error();
  const Result<std::string> from = source_table(**reached, plan_, table);
  if (!from) return from.error();
  return count(**reached, *from);
}

/// Of a table of `rows` rows that has a key: what lies behind the sample is counted.
Result<VerifiedTable> TableVerifier::verify_sample(size_t index, const Selection& selection, uint64_t rows) {
  const LoadPlan::Table& table = plan_.tables[index];
  const VerifyLog log(table, options_.json_log, context_.observer);
  const uint64_t wanted = options_.sample.of(rows);
  const Result<Connection*> target = sides_.target();
  if (!target) return target.error();
  const Result<uint64_t> there = count(**target, name_of(table));
  if (!there) return there.error();
  Converter converter(selection);
  std::unique_ptr<RowStream> source;
  ChosenRows chosen(rows, wanted);
  bool chosen_by_source = false;
  if (options_.source.empty()) {
    source = dump_stream(index, selection, converter);
  } else {
    const Result<Connection*> reached = sides_.source();
    if (!reached) return reached.error();
    Connection& live = **reached;
    const std::vector<std::string> columns = column_names(selection, &LoadPlan::Column::source_name);
    Result<std::string> statement = source_table(live, plan_, table);
    if (!statement) return statement.error();
    chosen_by_source = !live.is_cockroachdb();
    if (chosen_by_source) {
      const double percent = 100 * static_cast<double>(wanted) / static_cast<double>(rows);
      statement = source_sample(*statement, columns, percent);
    } else {
      statement = source_copy(live, plan_, table, columns, 0);
      if (!statement) return statement.error();
    }
    source = std::make_unique<CopyStream>(live, std::move(*statement), "source", false, &converter);
  }
  const LookUp look_up = [&](const std::vector<Difference::Row>& found) {
    return std::make_unique<CopyStream>(**target, target_copy(table, selection, found), "target", false,
                                        nullptr);
  };
  CompareOptions compare;
  compare.max_reported = kept_differences(selection);
  const Result<Comparison> sampled = compare_sample(
      selection.compared, *source, [&] { return chosen_by_source || chosen.next(); }, look_up, compare);
  if (!sampled) return sampled.error();
  Result<AskedAgain> asked = settle(table, selection, *sampled, log);
  if (!asked) return asked.error();
  Comparison& found = asked->found;
  log.say(fmt::format("a sample of {}: {} of its {} are compared, chosen by the seed {}; the target holds {}",
                      name_of(table), with_commas(found.source_rows), counted(rows, "row"), sample_seed,
                      counted(*there, "row")));
  // Of rows that are too many or too few, their number is known.
  if (rows > *there) found.missing = std::max(found.missing, rows - *there);
  if (*there > rows) found.extraneous = std::max(found.extraneous, *there - rows);
  report(log, table, selection, *asked);
  return verified_table(table, found);
}

uint64_t TableVerifier::kept_differences(const Selection& selection) const {
  return may_ask_again(selection) ? std::max(options_.max_reported, most_asked_again) : options_.max_reported;
}

/// A certificate is of one moment. A key that the load converted leads to no row of the source.
bool TableVerifier::may_ask_again(const Selection& selection) const {
  const auto is_the_same = [&](size_t column) {
    const LoadPlan::Conversion conversion = selection.columns[column]->conversion;
    return conversion == LoadPlan::Conversion::none || conversion == LoadPlan::Conversion::trim_blanks;
  };
  const std::vector<size_t>& key = selection.compared.key;
  return !options_.source.empty() && options_.row_limit == 0 && options_.verified == nullptr &&
         !key.empty() && std::ranges::all_of(key, is_the_same);
}

Result<Comparison> TableVerifier::look_at(BothSides& sides, const LoadPlan::Table& table,
                                          const Selection& selection,
                                          const std::vector<Difference::Row>& rows) const {
  const Result<Connection*> here = sides.source();
  if (!here) return here.error();
  const Result<Connection*> there = sides.target();
  if (!there) return there.error();
  const Result<std::string> from = source_table(**here, plan_, table);
  if (!from) return from.error();
  Converter converter(selection);
  CopyStream source(**here,
                    copy_of(*from, selection, &LoadPlan::Column::source_name,
                            with_keys_of(rows, selection, &LoadPlan::Column::source_name)),
                    "source", false, &converter);
  CopyStream target(**there, target_copy(table, selection, rows), "target", false, nullptr);
  CompareOptions compare;
  compare.max_reported = most_asked_again;
  return compare_rows(selection.compared, source, target, compare, [](uint64_t) {});
}

Result<AskedAgain> TableVerifier::settle(const LoadPlan::Table& table, const Selection& selection,
                                         const Comparison& found, const VerifyLog& log) {
  const uint64_t differing = found.missing + found.mismatch + found.extraneous;
  if (differing == 0 || !may_ask_again(selection) || differing > found.differences.size())
    return AskedAgain{.found = found};
  std::string transactions = moment_.transactions();
  const Looks looks = {
      .then = {.compare = [&](const auto& rows) { return look_at(sides_, table, selection, rows); }},
      .now = [&]() -> Result<Look> {
        Result<ComparedMoment> taken =
            ComparedMoment::take(options_.source, options_.target, ComparedMoment::Clocks::as_they_are);
        if (!taken) return taken.error();
        const auto moment = std::make_shared<ComparedMoment>(std::move(*taken));
        const auto sides = std::make_shared<BothSides>(*moment);
        Look look;
        look.written = std::exchange(transactions, moment->transactions()) != moment->transactions();
        look.compare = [this, moment, sides, &table, &selection](const auto& rows) {
          return look_at(*sides, table, selection, rows);
        };
        return look;
      }};
  Result<std::optional<AskedAgain>> asked = ask_again(found, looks, waits_before_looks());
  if (!asked) return asked.error();
  if (!*asked) return AskedAgain{.found = found};
  AskedAgain& again = **asked;
  if (again.equal_now > 0)
    log.say(
        fmt::format("{} on {} differed at first, and not when asked for again: rows are written while they "
                    "are compared",
                    counted(again.equal_now, "row"), name_of(table)));
  if (again.changing > 0)
    log.say(fmt::format("{} on {} kept changing, and both sides were not equal at any look",
                        counted(again.changing, "row"), name_of(table)));
  context_.changing += again.changing;
  return std::move(again);
}

void TableVerifier::report(const VerifyLog& log, const LoadPlan::Table& table, const Selection& selection,
                           const AskedAgain& asked, Shown shown) const {
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
                        counted(found.missing, "row"), name_of(table)));
  }
  if (shown == Shown::rows && named > count)
    log.say(fmt::format("{} on {} not shown", counted(named - count, "more differing row"), name_of(table)));
  log.finished(found, asked.equal_now);
}

}  // namespace pg2crdb
