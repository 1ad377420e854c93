#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <utility>

#include "runtime/compare_table.h"
#include "runtime/live_source.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string name_of(const LoadPlan::Table& table) {
  return quote_name(table.schema, table.name);
}

/// A key of one side may be none on the other: 3000000000 where that has integers, what is no MAC address.
constexpr std::string_view data_exception = "22";

}  // namespace

Result<uint64_t> count_rows(Connection& side, const std::string& from) {
  const Result<Rows> found = side.query("SELECT count(*) FROM " + from);
  if (!found) return found.error();
  return std::strtoull(found->values[0][0].c_str(), nullptr, 10);
}

/// A certificate is of one moment. A key that the load converted leads to no row of the source.
bool TableComparer::may_ask_again(const Selection& selection) const {
  const auto is_the_same = [&](size_t column) {
    const LoadPlan::Conversion conversion = selection.columns[column]->conversion;
    return conversion == LoadPlan::Conversion::none || conversion == LoadPlan::Conversion::trim_blanks;
  };
  const std::vector<size_t>& key = selection.compared.key;
  return !options_.source.empty() && options_.row_limit == 0 && options_.verified == nullptr &&
         !key.empty() && std::ranges::all_of(key, is_the_same);
}

/// Keys lead to the rows of a shard, too.
Result<Comparison> TableComparer::look_at(Sessions& sessions, const LoadPlan::Table& table,
                                          const Selection& selection,
                                          const std::vector<Difference::Row>& rows) const {
  const Result<Connection*> here = sessions.source();
  if (!here) return here.error();
  const Result<Connection*> there = sessions.target();
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
  Result<Comparison> found = compare_rows(selection.compared, source, target, compare, [](uint64_t) {});
  if (!found) return found;
  if (Result<void> whole = check_was_whole(**here, table); !whole) return whole.error();
  return found;
}

Result<AskedAgain> TableComparer::settle(const Compared& compared, const Selection& selection,
                                         const Comparison& found) const {
  const uint64_t differing = found.missing + found.mismatch + found.extraneous;
  if (differing == 0 || !may_ask_again(selection) || differing > found.differences.size())
    return AskedAgain{.found = found};
  const LoadPlan::Table& table = compared.table;
  std::string transactions = compared.sessions.moment().transactions();
  const Looks looks = {
      .then = {.compare =
                   [&](const auto& rows) { return look_at(compared.sessions, table, selection, rows); }},
      .now = [&]() -> Result<Look> {
        Result<ComparedMoment> taken =
            ComparedMoment::take(options_.source, options_.target, ComparedMoment::Clocks::as_they_are);
        if (!taken) return taken.error();
        const auto moment = std::make_shared<ComparedMoment>(std::move(*taken));
        const auto sessions = std::make_shared<Sessions>(*moment);
        Look look;
        look.written = std::exchange(transactions, moment->transactions()) != moment->transactions();
        look.compare = [this, moment, sessions, &table, &selection](const auto& rows) {
          return look_at(*sessions, table, selection, rows);
        };
        return look;
      }};
  Result<std::optional<AskedAgain>> asked = ask_again(found, looks, waits_before_looks());
  if (!asked && asked.error().sqlstate.starts_with(data_exception)) {
    compared.sessions.forget();  // it is in a failed transaction
    return AskedAgain{.found = found};
  }
  if (!asked) return asked.error();
  if (!*asked) return AskedAgain{.found = found};
  AskedAgain& again = **asked;
  if (again.equal_now > 0) {
    compared.log.say(
        fmt::format("{} on {} differed at first, and not when asked for again: rows are written while they "
                    "are compared",
                    counted(again.equal_now, "row"), name_of(table)));
  }
  if (again.changing > 0) {
    compared.log.say(fmt::format("{} on {} kept changing, and both sides were not equal at any look",
                                 counted(again.changing, "row"), name_of(table)));
  }
  return std::move(again);
}

Result<RowCounts> TableComparer::settle_counts(const Compared& compared, const Selection& selection,
                                               const RowCounts& found) const {
  if (found.source == found.target || !may_ask_again(selection)) return found;
  const LoadPlan::Table& table = compared.table;
  std::string transactions = compared.sessions.moment().transactions();
  const Result<RowCounts> settled = count_again(
      found,
      [&]() -> Result<CountedLook> {
        const Result<ComparedMoment> moment =
            ComparedMoment::take(options_.source, options_.target, ComparedMoment::Clocks::as_they_are);
        if (!moment) return moment.error();
        Sessions sessions(*moment);
        const Result<Connection*> here = sessions.source();
        if (!here) return here.error();
        const Result<Connection*> there = sessions.target();
        if (!there) return there.error();
        const Result<std::string> from = source_table(**here, plan_, table);
        if (!from) return from.error();
        const Result<uint64_t> source = count_rows(**here, *from);
        if (!source) return source.error();
        if (Result<void> whole = check_was_whole(**here, table); !whole) return whole.error();
        const Result<uint64_t> target = count_rows(**there, name_of(table));
        if (!target) return target.error();
        const bool written = std::exchange(transactions, moment->transactions()) != moment->transactions();
        return CountedLook{{*source, *target}, written};
      },
      waits_before_looks());
  if (settled && settled->source == settled->target) {
    compared.log.say(
        fmt::format("the numbers of rows of {} differed at first, and not when counted again: rows are "
                    "written while they are compared",
                    name_of(table)));
  }
  return settled;
}

}  // namespace pg2crdb
