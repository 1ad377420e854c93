#include "runtime/large_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string_view>
#include <vector>

#include "runtime/connection.h"
#include "runtime/live_source.h"
#include "runtime/row_source.h"
#include "support/counted.h"
#include "support/printable.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// Compression makes no more than 255 bytes of one.
constexpr uint64_t packed_large_row = large_row / 256;
constexpr size_t most_named = 3;

/// Tables that may have large rows: those with values outside of their rows, and partitioned ones.
Result<std::map<ObjectName, bool>> tables_to_ask(Connection& source) {
  const Result<Rows> rows = source.query(fmt::format(
      "SELECT n.nspname, c.relname, c.relkind = 'p' OR pg_catalog.pg_relation_size(c.reltoastrelid) "
      "> {} FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind = 'p' OR c.reltoastrelid <> 0",
      packed_large_row));
  if (!rows) return rows.error();
  std::map<ObjectName, bool> tables;
  for (const std::vector<std::string>& row : rows->values) tables[{row[0], row[1]}] = row[2] == "t";
  return tables;
}

/// An expression: the bytes of a column's value.
std::string bytes_of(const LoadPlan::Column& column) {
  static constexpr std::array<std::string_view, 4> measured = {"text", "character", "bytea", "bpchar"};
  const std::string name = quote_identifier(column.source_name);
  const std::string_view type = column.source_type;
  const bool is_measured = !type.ends_with("[]") && std::ranges::any_of(measured, [&](std::string_view one) {
    return type == one || (type.starts_with(one) && (type[one.size()] == '(' || type[one.size()] == ' '));
  });
  if (is_measured) return fmt::format("COALESCE(pg_catalog.octet_length({}), 0)", name);
  return fmt::format(
      "COALESCE(CASE WHEN pg_catalog.pg_column_size({0}) > {1} THEN pg_catalog.octet_length({0}::text) ELSE "
      "pg_catalog.pg_column_size({0}) END, 0)",
      name, packed_large_row);
}

std::vector<std::string> key_of(const LoadPlan::Table& table) {
  std::vector<std::string> names;
  for (const std::string& key : table.key) {
    const auto column = std::ranges::find(table.columns, key, &LoadPlan::Column::name);
    if (column != table.columns.end()) names.push_back(column->source_name);
  }
  return names;
}

/// The largest of the large rows, with how many there are in front, and their keys behind.
Result<Rows> large_rows_of(Connection& source, const LoadPlan& plan, const LoadPlan::Table& table,
                           const std::vector<std::string>& key) {
  const Result<std::string> from = source_table(source, plan, table);
  if (!from) return from.error();
  std::string bytes, columns;
  for (const LoadPlan::Column& column : table.columns) {
    if (column.generated) continue;
    bytes += (bytes.empty() ? "" : " + ") + bytes_of(column);
  }
  for (const std::string& name : key) columns += ", " + quote_identifier(name);
  return source.query(
      fmt::format("SELECT pg_catalog.count(*) OVER (), \"bytes of the row\"{0} FROM (SELECT ({1})::bigint AS "
                  "\"bytes of the "
                  "row\"{0} FROM {2}) AS measured WHERE \"bytes of the row\" > {3} ORDER BY \"bytes of the "
                  "row\" DESC LIMIT "
                  "{4}",
                  columns, bytes.empty() ? "0" : bytes, *from, large_row, most_named));
}

std::string sentence(const LoadPlan::Table& table, const std::vector<std::string>& key, const Rows& rows) {
  std::string named;
  for (const std::vector<std::string>& row : rows.values) {
    std::string values;
    for (size_t i = 0; i < key.size(); ++i)
      values += fmt::format("{}{} = {}", i == 0 ? "" : ", ", key[i], printable(row[i + 2]));
    named += fmt::format("{}{} bytes{}", named.empty() ? "" : "; ",
                         with_commas(std::strtoull(row[1].c_str(), nullptr, 10)),
                         values.empty() ? "" : fmt::format(" ({})", values));
  }
  const uint64_t count = std::strtoull(rows.values[0][0].c_str(), nullptr, 10);
  return fmt::format(
      "{} has {} of more than {} bytes{}: {}. CockroachDB logs them from 26.2 on and refuses those above 80 "
      "MiB; "
      "before, one above 64 MiB is more than it writes at once",
      quote_name(table.schema, table.name), counted(count, "row"), with_commas(large_row),
      count > rows.size() ? ", the largest" : "", named);
}

}  // namespace

Result<void> name_large_rows(const LoadPlan& plan, const std::string& source, Observer& observer) {
  if (source.empty()) return {};
  Result<Connection> session = Connection::open(source);
  if (!session) return session.error();
  if (session->is_cockroachdb()) return {};
  const Result<std::map<ObjectName, bool>> asked = tables_to_ask(*session);
  if (!asked) return asked.error();
  for (const LoadPlan::Table& table : plan.tables) {
    const auto found = asked->find(table.source());
    if (found == asked->end() || !found->second) continue;
    const std::vector<std::string> key = key_of(table);
    const Result<Rows> rows = large_rows_of(*session, plan, table, key);
    if (!rows) {
      Error error = rows.error();
      error.message = fmt::format("how large the rows of {} are cannot be asked: {}", name_for_reading(table),
                                  error.message);
      return error;
    }
    if (rows->size() > 0) observer.problem(sentence(table, key, *rows));
  }
  return {};
}

}  // namespace pg2crdb
