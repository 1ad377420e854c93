#include "runtime/compared_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "target/quote.h"

namespace pg2crdb {
namespace {

CanonicalType compared_type(const LoadPlan::Column& column, const TypesByName& composites) {
  switch (column.conversion) {
    case LoadPlan::Conversion::uuid_of_key:
      return {};
    case LoadPlan::Conversion::money_to_decimal:
      if (column.source_type.ends_with("[]")) return {CanonicalForm::array, CanonicalForm::number};
      return {.form = CanonicalForm::number};
    case LoadPlan::Conversion::hstore_to_json:
      return {.form = CanonicalForm::json};
    case LoadPlan::Conversion::none:
    case LoadPlan::Conversion::trim_blanks:
      break;
  }
  // A type that says nothing by its name, as a domain, is judged by what became of it.
  const bool array = column.target_type.ends_with("[]");
  const std::string name = column.target_type.substr(0, column.target_type.size() - (array ? 2 : 0));
  if (const auto found = composites.find(name); found != composites.end()) {
    if (!array) return found->second;
    return {CanonicalForm::array, found->second.form, found->second.fields};
  }
  const CanonicalType source = canonical_type(column.source_type);
  return source.form == CanonicalForm::text ? canonical_type(column.target_type) : source;
}

/// `(a, b)`, of what each column of the key gives; no parentheses around one.
template <class Text>
std::string of_key(const Selection& selection, const Text& text) {
  std::string list;
  for (const size_t column : selection.compared.key) {
    if (!list.empty()) list += ", ";
    list += text(column);
  }
  return selection.compared.key.size() == 1 ? list : "(" + list + ")";
}

void add_column(Selection& selection, const LoadPlan::Column& column, const TypesByName& composites) {
  selection.columns.push_back(&column);
  selection.compared.columns.push_back({column.name, compared_type(column, composites)});
}

/// Without columns, a row has one empty value.
void end_columns(Selection& selection) {
  if (selection.columns.empty()) selection.compared.columns.push_back({"", {}});
}

}  // namespace

Selection select_columns(const LoadPlan::Table& table, bool from_dump, const TypesByName& composites,
                         const std::set<std::string>* at_target) {
  Selection selection;
  for (const LoadPlan::Column& column : table.columns) {
    const auto holds = [&](const LoadPlan::Data& data) {
      // An INSERT says DEFAULT where the value is computed.
      if (column.generated && data.format == LoadPlan::Data::Format::insert) return false;
      return std::find(data.columns.begin(), data.columns.end(), column.source_name) != data.columns.end();
    };
    const bool held =
        !from_dump ||
        (table.data.empty() ? !column.generated : std::all_of(table.data.begin(), table.data.end(), holds));
    if (!held) {
      selection.left_out.push_back(column.name);
      continue;
    }
    if (at_target != nullptr && !at_target->contains(column.name)) {
      selection.not_at_target.push_back(column.name);
      continue;
    }
    add_column(selection, column, composites);
  }
  end_columns(selection);
  for (const std::string& name : table.key) {
    const auto found = std::find_if(selection.columns.begin(), selection.columns.end(),
                                    [&](const LoadPlan::Column* column) { return column->name == name; });
    if (found == selection.columns.end()) {
      selection.compared.key.clear();  // a part of a key names nothing
      break;
    }
    selection.compared.key.push_back(static_cast<size_t>(found - selection.columns.begin()));
  }
  return selection;
}

Result<std::optional<std::set<std::string>>> columns_at_target(Connection& target,
                                                               const LoadPlan::Table& table) {
  const Result<Rows> rows = target.query(
      "SELECT a.attname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
      "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')",
      {table.schema, table.name});
  if (!rows) return rows.error();
  if (rows->size() == 0) return std::optional<std::set<std::string>>();
  std::set<std::string> names;
  for (size_t i = 0; i < rows->size(); ++i) {
    if (!rows->nulls[i][0]) names.insert(rows->values[i][0]);
  }
  return std::optional(std::move(names));
}

std::optional<Selection> select_named(const LoadPlan::Table& table, const std::vector<std::string>& names,
                                      const TypesByName& composites) {
  Selection selection;
  for (const std::string& name : names) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const LoadPlan::Column& column) { return column.name == name; });
    if (found == table.columns.end()) return std::nullopt;
    add_column(selection, *found, composites);
  }
  end_columns(selection);
  return selection;
}

std::vector<std::string> hashed_columns(const Selection& selection) {
  std::vector<std::string> names;
  if (selection.columns.empty()) return names;
  for (const size_t column : hashed_order(selection.compared)) {
    names.push_back(selection.columns[column]->name);
  }
  return names;
}

std::vector<std::string> column_names(const Selection& selection, std::string LoadPlan::Column::*name) {
  std::vector<std::string> names;
  for (const LoadPlan::Column* column : selection.columns) names.push_back(column->*name);
  return names;
}

std::string copy_of(const std::string& from, const Selection& selection, std::string LoadPlan::Column::*name,
                    const std::string& where) {
  std::string list;
  for (const std::string& column : column_names(selection, name)) {
    if (!list.empty()) list += ", ";
    list += quote_identifier(column);
  }
  return fmt::format("COPY (SELECT {} FROM {}{}) TO STDOUT", list.empty() ? "1" : list, from, where);
}

// The values are literals of no type, and so take the columns'.
std::string with_keys_of(const std::vector<Difference::Row>& rows, const Selection& selection,
                         std::string LoadPlan::Column::*name) {
  std::string keys;
  for (const Difference::Row& row : rows) {
    if (!keys.empty()) keys += ", ";
    keys += of_key(selection, [&](size_t column) {
      return row[column] ? quote_literal(*row[column]) : std::string("NULL");
    });
  }
  const std::string columns =
      of_key(selection, [&](size_t column) { return quote_identifier(selection.columns[column]->*name); });
  return fmt::format(" WHERE {} IN ({})", columns, keys);
}

std::string target_copy(const LoadPlan::Table& table, const Selection& selection,
                        const std::vector<Difference::Row>& rows) {
  return copy_of(quote_name(table.schema, table.name), selection, &LoadPlan::Column::name,
                 rows.empty() ? std::string() : with_keys_of(rows, selection, &LoadPlan::Column::name));
}

}  // namespace pg2crdb
