#include "runtime/sequences_behind.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

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

}  // namespace

Result<SequencesBehind> sequences_behind(const LoadPlan& plan, Connection& target) {
  SequencesBehind behind;
  const Result<Rows> defaults = target.query(
      "SELECT n.nspname, c.relname, a.attname, pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM "
      "pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid JOIN pg_catalog.pg_namespace "
      "n ON "
      "n.oid = c.relnamespace JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = "
      "d.adnum "
      "ORDER BY 1, 2, 3");
  if (!defaults) return defaults.error();
  for (const std::vector<std::string>& row : defaults->values) {
    const bool planned =
        std::any_of(plan.tables.begin(), plan.tables.end(), [&](const LoadPlan::Table& table) {
          return table.target() == ObjectName{row[0], row[1]};
        });
    const std::string sequence = planned ? drawn_from(row[3]) : std::string();
    if (sequence.empty()) continue;
    const Result<Rows> values =
        target.query(fmt::format("SELECT (SELECT last_value FROM {}), (SELECT max({}) FROM {})", sequence,
                                 quote_identifier(row[2]), quote_name(row[0], row[1])));
    if (!values && is_passing(values.error())) return values.error();
    if (!values) {
      constexpr std::string_view undefined_function = "42883";  // max() of what is no number
      if (values.error().sqlstate != undefined_function) {
        behind.noted.push_back(fmt::format("{}: not compared with {} of {}: {}", sequence,
                                           quote_identifier(row[2]), quote_name(row[0], row[1]),
                                           values.error().message));
      }
      continue;
    }
    const std::optional<int64_t> last = whole_number(values->values[0][0]);
    const std::optional<int64_t> highest = whole_number(values->values[0][1]);
    if (!last || !highest || *last >= *highest) continue;
    behind.sequences.push_back(
        {sequence, quote_identifier(row[2]), quote_name(row[0], row[1]), *last, *highest});
  }
  return behind;
}

}  // namespace pg2crdb
