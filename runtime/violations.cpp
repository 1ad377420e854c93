#include "runtime/violations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>
#include <utility>

#include "support/ascii.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// "{1,2}" as attribute numbers.
std::vector<std::string> numbers(const std::string& array) {
  std::vector<std::string> out;
  for (const char c : array) {
    if (is_digit(c)) {
      if (out.empty()) out.emplace_back();
      out.back() += c;
    } else if (c == ',') {
      out.emplace_back();
    }
  }
  return out;
}

/// By table and number, as the catalog has them.
using ColumnNames = std::map<std::pair<std::string, std::string>, std::string>;

Result<ColumnNames> names_of_columns(Connection& connection, const std::set<std::string>& tables) {
  const Result<Rows> rows = connection.query(
      fmt::format("SELECT attrelid, attnum, attname FROM pg_catalog.pg_attribute WHERE attrelid IN ({})",
                  fmt::join(tables, ", ")));
  if (!rows) return rows.error();
  ColumnNames names;
  for (const std::vector<std::string>& row : rows->values) names[{row[0], row[1]}] = row[2];
  return names;
}

/// "CHECK ((a > 0)) NOT VALID" without the words around the condition.
std::string condition_of(std::string_view definition) {
  const size_t begin = definition.find('(');
  const size_t end = definition.rfind(')');
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return std::string(definition.substr(begin, end + 1 - begin));
}

}  // namespace

Result<std::vector<std::string>> violating_rows(Connection& connection, const ObjectName& table,
                                                const std::string& constraint, uint64_t most) {
  const Result<Rows> found = connection.query(
      "SELECT k.contype, k.conkey::text, k.confkey::text, k.conrelid, k.confrelid, m.nspname, r.relname,"
      " pg_catalog.pg_get_constraintdef(k.oid), p.conkey::text FROM pg_catalog.pg_constraint k"
      " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace"
      " LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid"
      " LEFT JOIN pg_catalog.pg_namespace m ON m.oid = r.relnamespace"
      " LEFT JOIN pg_catalog.pg_constraint p ON p.conrelid = k.conrelid AND p.contype = 'p'"
      " WHERE n.nspname = $1 AND c.relname = $2 AND k.conname = $3",
      {table.schema, table.name, constraint});
  if (!found) return found.error();
  if (found->size() != 1 || most == 0) return std::vector<std::string>();
  const std::vector<std::string>& row = found->values[0];
  std::set<std::string> tables = {row[3]};
  if (row[0] == "f") tables.insert(row[4]);
  const Result<ColumnNames> known = names_of_columns(connection, tables);
  if (!known) return known.error();
  const auto columns_of = [&](const std::string& owner, const std::string& array) {
    std::vector<std::string> columns;
    for (const std::string& number : numbers(array)) {
      const auto name = known->find({owner, number});
      if (name != known->end()) columns.push_back(name->second);
    }
    return columns;
  };
  const std::vector<std::string> key = columns_of(row[3], row[8]);

  std::string broken;
  std::vector<std::string> shown;  // columns behind the key's
  if (row[0] == "f") {
    shown = columns_of(row[3], row[1]);
    const std::vector<std::string> referenced = columns_of(row[4], row[2]);
    if (shown.empty() || shown.size() != referenced.size()) return std::vector<std::string>();
    std::string equal;
    for (size_t i = 0; i < shown.size(); ++i) {
      broken += fmt::format("child.{} IS NOT NULL AND ", quote_identifier(shown[i]));
      equal += fmt::format("{}parent.{} = child.{}", i == 0 ? "" : " AND ", quote_identifier(referenced[i]),
                           quote_identifier(shown[i]));
    }
    broken +=
        fmt::format("NOT EXISTS (SELECT 1 FROM {} AS parent WHERE {})", quote_name(row[5], row[6]), equal);
  } else if (row[0] == "c") {
    broken = fmt::format("NOT {}", condition_of(row[7]));
  } else {
    return std::vector<std::string>();
  }

  std::string list;
  for (const std::vector<std::string>& columns : {key, shown}) {
    for (const std::string& column : columns)
      list += fmt::format("{}child.{}::text", list.empty() ? "" : ", ", quote_identifier(column));
  }
  const Result<Rows> rows =
      connection.query(fmt::format("SELECT {} FROM {} AS child WHERE {} LIMIT {}", list.empty() ? "1" : list,
                                   quote_name(table.schema, table.name), broken, most));
  if (!rows) return rows.error();
  std::vector<std::string> out;
  for (size_t r = 0; r < rows->size(); ++r) {
    const auto part = [&](const std::vector<std::string>& columns, size_t first) {
      std::string names;
      std::string values;
      for (size_t i = 0; i < columns.size(); ++i) {
        names += (i == 0 ? "" : ", ") + columns[i];
        values += (i == 0 ? "" : ", ") + (rows->nulls[r][first + i] ? "NULL" : rows->values[r][first + i]);
      }
      return columns.empty() ? std::string() : fmt::format("({})=({})", names, values);
    };
    const std::string name = part(key, 0);
    const std::string values = part(shown, key.size());
    out.push_back((name.empty() ? "a row" : "row " + name) + (values.empty() ? "" : ": " + values));
  }
  return out;
}

}  // namespace pg2crdb
