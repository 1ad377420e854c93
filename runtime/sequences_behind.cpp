#include "runtime/sequences_behind.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "runtime/connection_error.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// The sequence in `nextval('public.towns_id_seq'::regclass)`, as SQL has it; empty where it is another
/// default.
std::string drawn_from(std::string_view default_value) {
  constexpr std::string_view call = "nextval('";
  if (!default_value.starts_with(call)) return {};
  std::string name;
  for (size_t i = call.size(); i < default_value.size(); ++i) {
    if (default_value[i] == '\'' && (++i == default_value.size() || default_value[i] != '\'')) return name;
    name += default_value[i];
  }
  return {};
}

std::optional<int64_t> whole_number(const std::string& text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// Of the columns that draw from sequences: the sequence, and the column by its parts.
struct Drawing {
  std::string sequence;
  std::vector<std::string> column;  ///< schema, table, name
};

/// Defaults that call nextval(), and identity columns whose sequence no input tells of.
Result<std::vector<Drawing>> drawing_columns(const LoadPlan& plan, Connection& target) {
  std::vector<Drawing> drawing;
  std::set<ObjectName> tables, untold;
  for (const LoadPlan::Table& table : plan.tables) tables.insert(table.target());
  for (const LoadPlan::Sequence& sequence : plan.sequences) {
    if (!sequence.has_value) untold.insert(sequence.source());
  }
  std::set<std::vector<std::string>> known;
  const Result<Rows> defaults = target.query(
      "SELECT n.nspname, c.relname, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM "
      "pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid JOIN pg_catalog.pg_namespace "
      "n ON n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = "
      "d.adnum ORDER BY 1, 2, 3");
  if (!defaults) return defaults.error();
  for (const std::vector<std::string>& row : defaults->values) {
    if (!tables.contains({row[0], row[1]})) continue;
    const std::string sequence = drawn_from(row[3]);
    if (sequence.empty()) continue;
    drawing.push_back({sequence, {row[0], row[1], row[2]}});
    known.insert(drawing.back().column);
  }
  for (const LoadPlan::Table& table : plan.tables) {
    for (const LoadPlan::Column& column : table.columns) {
      if (!untold.contains(own_sequence(table, column)) ||
          known.contains({table.schema, table.name, column.name}))
        continue;
      const Result<Rows> own = target.query(fmt::format("SELECT pg_get_serial_sequence({}, {})",
                                                        quote_literal(quote_name(table.schema, table.name)),
                                                        quote_literal(column.name)));
      if (!own && is_passing(own.error())) return own.error();
      const bool has_own = own && own->size() == 1 && !own->nulls[0][0];
      if (has_own) drawing.push_back({own->values[0][0], {table.schema, table.name, column.name}});
    }
  }
  return drawing;
}

}  // namespace

ObjectName own_sequence(const LoadPlan::Table& table, const LoadPlan::Column& column) {
  return {table.source_schema, table.source_name + "_" + column.source_name + "_seq"};
}

bool is_called(const LoadPlan::Sequence& sequence, const std::string& name) {
  return quote_name(sequence.schema, sequence.name) == name ||
         (sequence.schema == "public" && quote_identifier(sequence.name) == name);
}

Result<SequenceUses> sequence_uses(const LoadPlan& plan, Connection& target) {
  const Result<std::vector<Drawing>> drawing = drawing_columns(plan, target);
  if (!drawing) return drawing.error();
  SequenceUses found;
  for (const Drawing& one : *drawing) {
    const std::string column = quote_identifier(one.column[2]);
    const std::string table = quote_name(one.column[0], one.column[1]);
    const Result<Rows> values = target.query(fmt::format(
        "SELECT (SELECT last_value FROM {0}), (SELECT max({1}) FROM {2}), (SELECT min({1}) FROM {2}), "
        "(SELECT seqincrement FROM pg_catalog.pg_sequence WHERE seqrelid = {3}::regclass)",
        one.sequence, column, table, quote_literal(one.sequence)));
    if (!values && is_passing(values.error())) return values.error();
    if (!values) {
      constexpr std::string_view undefined_function = "42883";  // max() of what is no number
      if (values.error().sqlstate != undefined_function) {
        found.noted.push_back(fmt::format("{}: not compared with {} of {}: {}", one.sequence, column, table,
                                          values.error().message));
      }
      continue;
    }
    const std::vector<std::string>& row = values->values[0];
    const bool counts_down = row[3].starts_with('-');
    const std::optional<int64_t> last = whole_number(row[0]);
    const std::optional<int64_t> furthest = whole_number(row[counts_down ? 2 : 1]);
    if (last && furthest) found.uses.push_back({one.sequence, column, table, *last, *furthest, counts_down});
  }
  return found;
}

}  // namespace pg2crdb
