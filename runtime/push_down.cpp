#include "runtime/push_down.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <future>
#include <iterator>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/compared_streams.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// Numbers of eight digits each that a hash is cut into, so that sums of them are whole numbers everywhere.
constexpr int pieces = 4;
constexpr uint64_t rows_a_range = 500;
constexpr size_t most_digits = 4;  ///< 65,536 ranges
/// Beyond this part of the ranges, rows are read from the beginning instead.
constexpr uint64_t opened_of_all = 2;

bool is_enum(const LoadPlan& plan, const LoadPlan::Column& column) {
  return std::any_of(plan.enums.begin(), plan.enums.end(), [&](const LoadPlan::Enum& type) {
    return column.target_type == quote_name(type.schema, type.name);
  });
}

bool is_plain_text(std::string_view source_type) {
  return source_type == "text" || source_type.starts_with("character varying") ||
         source_type.starts_with("varchar");
}

/// A text that tells all of the value, the same on both servers but for rare values; `name` is quoted.
/// Nothing where there is none. Functions and casts stand in both servers' catalogs with the same meaning.
std::optional<std::string> text_of(const LoadPlan& plan, const LoadPlan::Column& column, CanonicalForm form,
                                   const std::string& name) {
  const bool converted = column.conversion != LoadPlan::Conversion::none &&
                         column.conversion != LoadPlan::Conversion::trim_blanks;
  if (converted) return std::nullopt;
  switch (form) {
    case CanonicalForm::text:
      if (!is_plain_text(column.source_type) && !is_enum(plan, column)) return std::nullopt;
      return fmt::format("({})::TEXT", name);
    case CanonicalForm::blank_padded:
      return fmt::format("rtrim(({})::TEXT, ' ')", name);
    case CanonicalForm::boolean:
      return fmt::format("(CASE WHEN {} THEN 't' WHEN NOT {} THEN 'f' END)", name, name);
    case CanonicalForm::bytea:
      return fmt::format("encode({}, 'hex')", name);
    case CanonicalForm::timestamptz:
      return fmt::format("({} AT TIME ZONE 'UTC')::TEXT", name);
    case CanonicalForm::inet:
      return fmt::format("abbrev(({})::INET)", name);
    case CanonicalForm::integer:
    case CanonicalForm::number:
    case CanonicalForm::date:
    case CanonicalForm::timestamp:
    case CanonicalForm::time:
    case CanonicalForm::interval:
    case CanonicalForm::uuid:
      return fmt::format("({})::TEXT", name);
    // A cast of a float may leave digits out, and each server writes the others its own way.
    case CanonicalForm::float4:
    case CanonicalForm::float8:
    case CanonicalForm::json:
    case CanonicalForm::timetz:
    case CanonicalForm::hex:
    case CanonicalForm::array:
    case CanonicalForm::composite:
      return std::nullopt;
  }
  return std::nullopt;
}

/// The SQL of one side.
struct Side {
  Connection& connection;
  std::string from;
  std::string key;  ///< 32 hexadecimal digits; of a table without a key the row's
  std::string row;
  bool is_source;
};

Side side_of(const LoadPlan& plan, const Selection& selection, const PushDown& columns,
             const PushDownSide& given, bool is_source) {
  std::vector<std::string> texts;
  for (const size_t column : columns.hashed) {
    const LoadPlan::Column& planned = *selection.columns[column];
    const std::string name = quote_identifier(is_source ? planned.source_name : planned.name);
    const std::optional<std::string> text =
        text_of(plan, planned, selection.compared.columns[column].type.form, name);
    if (!text) throw InternalError("a column that cannot be hashed");
    // NULL is a sign that no length begins with.
    texts.push_back(fmt::format("coalesce(length({})::TEXT || ':' || {}, '-')", *text, *text));
  }
  const auto hash = [&](size_t count) {
    return fmt::format("md5({})",
                       fmt::join(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(count), " || "));
  };
  const size_t key = selection.compared.key.size();
  return {given.connection, given.from, hash(key == 0 ? texts.size() : key), hash(texts.size()), is_source};
}

/// The selection's columns of these numbers, in their order.
Selection some_of(const Selection& selection, const std::vector<size_t>& columns) {
  Selection some;
  for (const size_t column : columns) {
    some.columns.push_back(selection.columns[column]);
    some.compared.columns.push_back(selection.compared.columns[column]);
    const std::vector<size_t>& key = selection.compared.key;
    if (std::find(key.begin(), key.end(), column) != key.end())
      some.compared.key.push_back(some.columns.size() - 1);
  }
  return some;
}

struct Range {
  uint64_t rows = 0;
  std::array<std::string, pieces> sums;
  bool operator==(const Range&) const = default;
};

using Ranges = std::map<std::string, Range>;  ///< by the first digits of their keys' hash

/// The digits of a hash as decimal ones lose less than a bit each, and are a number for both servers.
Result<Ranges> hash_ranges(const Side& side, size_t digits, uint64_t& bytes) {
  std::string sums;
  for (int piece = 0; piece < pieces; ++piece)
    sums += fmt::format(", sum(substr(d, {}, 8)::INT8)::INT8", 8 * piece + 1);
  // PostgreSQL would compute the hash for each of the sums.
  const Result<Rows> rows = side.connection.query(fmt::format(
      "SELECT k, count(*){} FROM (SELECT substr({}, 1, {}) AS k, translate({}, 'abcdef', "
      "'012345') AS d FROM {}{}) AS hashed GROUP BY k",
      sums, side.key, digits, side.row, side.from, side.connection.is_cockroachdb() ? "" : " OFFSET 0"));
  if (!rows) return rows.error();
  Ranges ranges;
  for (const std::vector<std::string>& row : rows->values) {
    Range& range = ranges[row[0]];
    range.rows = std::strtoull(row[1].c_str(), nullptr, 10);
    std::copy(row.begin() + 2, row.end(), range.sums.begin());
    for (const std::string& value : row) bytes += value.size() + 4;  // and its length
  }
  return ranges;
}

/// Those whose hashes differ, or that one side lacks; `equal` gets the rows of the others, `all` the number
/// of both.
std::vector<std::string> differing_ranges(const Ranges& source, const Ranges& target, uint64_t& equal,
                                          uint64_t& all) {
  std::vector<std::string> differing;
  for (const auto& [name, range] : source) {
    const auto same = target.find(name);
    if (same != target.end() && same->second == range)
      equal += range.rows;
    else
      differing.push_back(name);
  }
  all = source.size();
  for (const auto& [name, range] : target) {
    if (source.contains(name)) continue;
    differing.push_back(name);
    ++all;
  }
  return differing;
}

std::string rows_of(const Side& side, const Selection& selection, const std::string& where) {
  std::string list;
  for (const std::string& name :
       column_names(selection, side.is_source ? &LoadPlan::Column::source_name : &LoadPlan::Column::name))
    list += (list.empty() ? "" : ", ") + quote_identifier(name);
  return fmt::format("COPY (SELECT {} FROM {}{}) TO STDOUT", list, side.from, where);
}

std::string in_ranges(const Side& side, size_t digits, const std::vector<std::string>& ranges) {
  std::string list;
  for (const std::string& range : ranges) list += (list.empty() ? "" : ", ") + quote_literal(range);
  return fmt::format(" WHERE substr({}, 1, {}) IN ({})", side.key, digits, list);
}

}  // namespace

PushDown plan_push_down(const LoadPlan& plan, const Selection& selection, Connection& source) {
  PushDown columns;
  const auto nothing = [&](std::string why) {
    columns = {};
    columns.why_not = std::move(why);
    return columns;
  };
  if (selection.columns.empty()) return nothing("it has no column that both sides hold");
  if (!source.is_cockroachdb()) {
    const Result<Rows> encoding = source.query("SELECT pg_catalog.getdatabaseencoding()");
    if (!encoding) return nothing(encoding.error().message);
    if (encoding->values[0][0] != "UTF8")
      return nothing("the source's texts are in " + encoding->values[0][0]);
  }
  const size_t key = selection.compared.key.size();
  const std::vector<size_t> order = hashed_order(selection.compared);
  for (size_t i = 0; i < order.size(); ++i) {
    const LoadPlan::Column& column = *selection.columns[order[i]];
    if (text_of(plan, column, selection.compared.columns[order[i]].type.form, {})) {
      columns.hashed.push_back(order[i]);
      continue;
    }
    if (key == 0 || i < key)
      return nothing(fmt::format("no expression gives the same text on both servers for {} ({})",
                                 quote_identifier(column.name), column.source_type));
    columns.streamed.push_back(order[i]);
  }
  if (!columns.streamed.empty())
    columns.streamed.insert(columns.streamed.begin(), order.begin(),
                            order.begin() + static_cast<std::ptrdiff_t>(key));
  return columns;
}

std::vector<std::string> PushDown::sentences(const std::string& table, const Selection& selection) const {
  if (!why_not.empty()) return {fmt::format("the rows of {} are streamed: {}", table, why_not)};
  std::vector<std::string> all;
  for (size_t i = selection.compared.key.size(); i < streamed.size(); ++i)
    all.push_back(
        fmt::format("the column {} of {} is streamed: no expression gives the same text on both servers",
                    quote_identifier(selection.columns[streamed[i]]->name), table));
  return all;
}

Result<PushedDown> compare_pushed_down(const PushDownSide& source, const PushDownSide& target,
                                       const LoadPlan& plan, const Selection& selection,
                                       const PushDown& columns, uint64_t rows, const CompareOptions& options,
                                       const std::function<void(uint64_t)>& progress) {
  const Side here = side_of(plan, selection, columns, source, true);
  const Side there = side_of(plan, selection, columns, target, false);
  size_t digits = 1;
  for (uint64_t ranges = 16; digits < most_digits && rows / ranges > rows_a_range; ranges *= 16) ++digits;

  PushedDown out;
  uint64_t target_bytes = 0;
  std::future<Result<Ranges>> other =
      std::async(std::launch::async, [&] { return hash_ranges(there, digits, target_bytes); });
  const Result<Ranges> sources = hash_ranges(here, digits, out.hash_bytes);
  const Result<Ranges> targets = other.get();
  if (!sources) return sources.error();
  if (!targets) return targets.error();
  out.hash_bytes += target_bytes;
  uint64_t equal_rows = 0;
  const std::vector<std::string> differing = differing_ranges(*sources, *targets, equal_rows, out.ranges);
  out.opened = differing.size();

  const auto compare = [&](const Selection& compared, bool all) -> Result<Comparison> {
    Converter converter(compared);
    CopyStream source_rows(here.connection,
                           rows_of(here, compared, all ? "" : in_ranges(here, digits, differing)), "source",
                           false, &converter);
    CopyStream target_rows(there.connection,
                           rows_of(there, compared, all ? "" : in_ranges(there, digits, differing)), "target",
                           false, nullptr);
    Result<Comparison> found = compare_rows(compared.compared, source_rows, target_rows, options, progress);
    out.row_bytes += source_rows.bytes() + target_rows.bytes();
    return found;
  };
  bool open_all = differing.size() * opened_of_all > out.ranges;
  if (!columns.streamed.empty() && !open_all) {
    const Result<Comparison> streamed = compare(some_of(selection, columns.streamed), true);
    if (!streamed) return streamed.error();
    open_all = streamed->success != streamed->truth_rows || streamed->extraneous > 0;
  }
  if (open_all) equal_rows = 0;
  if (open_all || !differing.empty()) {
    Result<Comparison> found = compare(selection, open_all);
    if (!found) return found.error();
    out.found = std::move(*found);
  }
  out.found.source_rows += equal_rows;
  out.found.target_rows += equal_rows;
  out.found.truth_rows += equal_rows;
  out.found.success += equal_rows;
  return out;
}

}  // namespace pg2crdb
