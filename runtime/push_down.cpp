#include "runtime/push_down.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <future>
#include <map>
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
                                   const std::string& name, bool cockroach) {
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
      return cockroach ? fmt::format("({})::TEXT", name) : fmt::format("abbrev(({})::inet)", name);
    case CanonicalForm::integer:
    case CanonicalForm::number:
    case CanonicalForm::float4:
    case CanonicalForm::float8:
    case CanonicalForm::date:
    case CanonicalForm::timestamp:
    case CanonicalForm::time:
    case CanonicalForm::interval:
    case CanonicalForm::uuid:
      return fmt::format("({})::TEXT", name);
    // Each server writes them its own way.
    case CanonicalForm::json:
    case CanonicalForm::timetz:
    case CanonicalForm::hex:
    case CanonicalForm::array:
    case CanonicalForm::composite:
      return std::nullopt;
  }
  return std::nullopt;
}

/// One side of a table.
struct Side {
  std::string from;
  std::string key;  ///< SQL of 32 hexadecimal digits; of a table without a key the row's
  std::string row;
  std::string columns;  ///< of SELECT
};

Side side_of(const LoadPlan& plan, const Selection& selection, std::string from, bool is_source,
             bool cockroach) {
  Side side{std::move(from), {}, {}, {}};
  std::vector<std::string> texts;
  for (size_t i = 0; i < selection.columns.size(); ++i) {
    const LoadPlan::Column& column = *selection.columns[i];
    const std::string name = quote_identifier(is_source ? column.source_name : column.name);
    const std::optional<std::string> text =
        text_of(plan, column, selection.compared.columns[i].type.form, name, cockroach);
    if (!text) throw InternalError("a column that cannot be hashed");
    // NULL is a sign that no length begins with.
    texts.push_back(fmt::format("coalesce(length({})::TEXT || ':' || {}, '-')", *text, *text));
    side.columns += (i > 0 ? ", " : "") + name;
  }
  const auto hash = [&](const std::vector<size_t>& columns) {
    std::string all;
    for (const size_t column : columns) all += (all.empty() ? "" : " || ") + texts[column];
    return fmt::format("md5({})", all);
  };
  side.row = hash(hashed_order(selection.compared));
  side.key = selection.compared.key.empty() ? side.row : hash(selection.compared.key);
  return side;
}

struct Range {
  uint64_t rows = 0;
  std::array<std::string, pieces> sums;
  bool operator==(const Range&) const = default;
};

using Ranges = std::map<std::string, Range>;  ///< by the first digits of their keys' hash

/// The digits of a hash as decimal ones lose less than a bit each, and are a number for both servers.
Result<Ranges> hash_ranges(Connection& connection, const Side& side, size_t digits, uint64_t& bytes) {
  std::string sums;
  for (int piece = 0; piece < pieces; ++piece)
    sums += fmt::format(", sum(substr(d, {}, 8)::INT8)::INT8", 8 * piece + 1);
  const Result<Rows> rows =
      connection.query(fmt::format("SELECT k, count(*){} FROM (SELECT substr({}, 1, {}) AS k, translate({}, "
                                   "'abcdef', '012345') AS d FROM {}) AS hashed GROUP BY k",
                                   sums, side.key, digits, side.row, side.from));
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

std::string rows_of(const Side& side, size_t digits, const std::vector<std::string>& ranges, bool all) {
  std::string where;
  for (const std::string& range : ranges) where += (where.empty() ? "" : ", ") + quote_literal(range);
  if (!all) where = fmt::format(" WHERE substr({}, 1, {}) IN ({})", side.key, digits, where);
  return fmt::format("COPY (SELECT {} FROM {}{}) TO STDOUT", side.columns, side.from,
                     all ? std::string() : where);
}

}  // namespace

std::optional<std::string> not_pushed_down(const LoadPlan& plan, const Selection& selection,
                                           Connection& source) {
  if (selection.columns.empty()) return "it has no column that both sides hold";
  for (size_t i = 0; i < selection.columns.size(); ++i) {
    const LoadPlan::Column& column = *selection.columns[i];
    if (text_of(plan, column, selection.compared.columns[i].type.form, {}, false)) continue;
    return fmt::format("no expression gives the same text on both servers for the column {} ({})",
                       quote_identifier(column.name), column.source_type);
  }
  if (source.is_cockroachdb()) return std::nullopt;
  const Result<Rows> encoding = source.query("SELECT pg_catalog.getdatabaseencoding()");
  if (encoding && encoding->values[0][0] == "UTF8") return std::nullopt;
  return encoding ? "the source's texts are in " + encoding->values[0][0] : encoding.error().message;
}

Result<PushedDown> compare_pushed_down(Connection& source, const std::string& source_table,
                                       Connection& target, const LoadPlan& plan, const LoadPlan::Table& table,
                                       const Selection& selection, uint64_t rows,
                                       const CompareOptions& options,
                                       const std::function<void(uint64_t)>& progress) {
  const Side here = side_of(plan, selection, source_table, true, source.is_cockroachdb());
  const Side there =
      side_of(plan, selection, quote_name(table.schema, table.name), false, target.is_cockroachdb());
  size_t digits = 1;
  for (uint64_t ranges = 16; digits < most_digits && rows / ranges > rows_a_range; ranges *= 16) ++digits;

  PushedDown out;
  uint64_t target_bytes = 0;
  std::future<Result<Ranges>> other =
      std::async(std::launch::async, [&] { return hash_ranges(target, there, digits, target_bytes); });
  const Result<Ranges> sources = hash_ranges(source, here, digits, out.hash_bytes);
  const Result<Ranges> targets = other.get();
  if (!sources) return sources.error();
  if (!targets) return targets.error();
  out.hash_bytes += target_bytes;

  std::vector<std::string> differing;
  uint64_t equal_rows = 0;
  for (const auto& [name, range] : *sources) {
    const auto same = targets->find(name);
    if (same == targets->end() || !(same->second == range))
      differing.push_back(name);
    else
      equal_rows += range.rows;
  }
  out.ranges = sources->size();
  for (const auto& [name, range] : *targets) {
    if (sources->contains(name)) continue;
    differing.push_back(name);
    ++out.ranges;
  }
  out.opened = differing.size();
  if (!differing.empty()) {
    const bool all = differing.size() * opened_of_all > out.ranges;
    if (all) equal_rows = 0;
    CopyStream source_rows(source, rows_of(here, digits, differing, all), "source", false, nullptr);
    CopyStream target_rows(target, rows_of(there, digits, differing, all), "target", false, nullptr);
    Result<Comparison> found = compare_rows(selection.compared, source_rows, target_rows, options, progress);
    if (!found) return found.error();
    out.found = std::move(*found);
    out.row_bytes = source_rows.bytes() + target_rows.bytes();
  }
  out.found.source_rows += equal_rows;
  out.found.target_rows += equal_rows;
  out.found.truth_rows += equal_rows;
  out.found.success += equal_rows;
  return out;
}

}  // namespace pg2crdb
