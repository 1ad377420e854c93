#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

bool has_no_types(const LoadPlan::Table& table) {
  return !table.columns.empty() &&
         std::all_of(table.columns.begin(), table.columns.end(), [](const LoadPlan::Column& column) {
           return column.source_type.empty() && column.target_type.empty();
         });
}

Result<void> take_types(LoadPlan::Table& table, Connection& target) {
  const Result<Rows> rows = target.query(
      "SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attgenerated <> '', a.attnotnull,"
      " EXISTS (SELECT 1 FROM pg_catalog.pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'p'"
      " AND a.attnum = ANY (k.conkey)) FROM pg_catalog.pg_attribute a"
      " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace"
      " WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
      {table.schema, table.name});
  if (!rows) return rows.error();
  table.key.clear();
  for (const std::vector<std::string>& row : rows->values) {
    if (row[4] == "t") table.key.push_back(row[0]);
    const auto column = std::find_if(table.columns.begin(), table.columns.end(),
                                     [&](const LoadPlan::Column& one) { return one.name == row[0]; });
    if (column == table.columns.end()) continue;
    column->source_type = column->target_type = row[1];
    column->generated = row[2] == "t";
    column->not_null = row[3] == "t";
    const bool padded = row[1].starts_with("character(") || row[1] == "bpchar";
    if (padded && !row[1].ends_with("[]")) column->conversion = LoadPlan::Conversion::trim_blanks;
  }
  return {};
}

}  // namespace

Result<void> take_types_from_target(LoadPlan& plan, const std::string& url) {
  if (std::none_of(plan.tables.begin(), plan.tables.end(), has_no_types)) return {};
  Result<Connection> target = Connection::open(url);
  if (!target) return target.error();
  for (LoadPlan::Table& table : plan.tables) {
    if (!has_no_types(table)) continue;
    if (Result<void> taken = take_types(table, *target); !taken) return taken;
  }
  return {};
}

Result<void> check_identities(const LoadPlan& plan, const LoadOptions& options) {
  if (options.method == LoadMethod::import_into) return {};  // it writes them
  Result<Connection> target = Connection::open(options.target);
  if (!target) return target.error();
  const Result<Rows> rows = target->query(
      "SELECT n.nspname, c.relname, a.attname FROM pg_catalog.pg_attribute a"
      " JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace"
      " WHERE a.attidentity = 'a' ORDER BY 1, 2, 3");
  if (!rows) return rows.error();
  for (const std::vector<std::string>& row : rows->values) {
    for (const LoadPlan::Table& table : plan.tables) {
      if (table.target() != ObjectName{row[0], row[1]}) continue;
      const bool given = std::any_of(
          table.columns.begin(), table.columns.end(),
          [&](const LoadPlan::Column& column) { return column.name == row[2] && !column.generated; });
      if (!given) continue;
      const std::string alter = fmt::format("ALTER TABLE {} ALTER COLUMN {} SET GENERATED",
                                            quote_name(row[0], row[1]), quote_identifier(row[2]));
      return Error{
          Error::Kind::usage,
          fmt::format("the column {} of {} is GENERATED ALWAYS AS IDENTITY: COPY may not write its values",
                      row[2], quote_name(row[0], row[1])),
          {},
          fmt::format("nothing was written. Run {} BY DEFAULT, load, and then {} ALWAYS; or load with "
                      "--method import-into",
                      alter, alter)};
    }
  }
  return {};
}

}  // namespace pg2crdb
