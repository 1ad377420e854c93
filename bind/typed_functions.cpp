// What functions in FROM show.
#include <algorithm>
#include <utility>
#include <vector>

#include "ast/signature.h"
#include "bind/catalog_columns.h"
#include "bind/expression_types.h"

namespace pg2crdb::bind {
namespace {

/// The one function of an item in FROM; null where there are several, or its columns are said there.
const ast::FunctionCall* only_call(const ast::FunctionRef& function) {
  const bool is_plain =
      function.functions.size() == 1 && function.columns.empty() && function.functions[0].columns.empty();
  return is_plain ? std::get_if<ast::FunctionCall>(&function.functions[0].call->node) : nullptr;
}

/// What columns of it are named by.
std::string name_of(const ast::FunctionRef& function) {
  if (!function.alias.name.empty() || function.functions.empty()) return function.alias.name;
  const auto* call = std::get_if<ast::FunctionCall>(&function.functions[0].call->node);
  return call == nullptr ? std::string() : call->name.name;
}

}  // namespace

/// Of a table, a view or a type of CREATE TYPE.
ExpressionTypes::Columns ExpressionTypes::columns_of_type(const ast::Name& type) {
  if (const Item relation = item_of(type, {}); relation.made != ast::no_statement)
    return columns_of(relation);
  const ast::Statement* made = catalog_.composite_type(type);
  const auto* composite = made == nullptr ? nullptr : std::get_if<ast::CreateCompositeType>(&made->node);
  Columns attributes{{}, composite != nullptr};
  if (composite == nullptr) return attributes;
  for (const ast::Column& one : composite->attributes) attributes.list.push_back({one.name, one.type});
  return attributes;
}

/// What one of the script's own gives that says its columns; nothing where overloads may give others.
ExpressionTypes::Columns ExpressionTypes::rows_of_own(const ast::FunctionCall& call) {
  using Mode = ast::FunctionParameter::Mode;
  Columns columns;
  bool any = false;
  for (const ast::Statement* statement : catalog_.functions(call.name)) {
    const auto* function = std::get_if<ast::CreateFunction>(&statement->node);
    if (function == nullptr || in_order_) return {{}, false};
    if (!ast::may_take(*function, call.arguments.size())) continue;
    Columns its;
    for (const ast::FunctionParameter& one : function->parameters) {
      if (one.mode != Mode::out && one.mode != Mode::inout && one.mode != Mode::table) continue;
      const bool is_known = !one.type.percent_type && !one.type.name.name.starts_with("any");
      Column& column = its.list.emplace_back(Column{one.name, is_known ? one.type : ast::TypeName()});
      column.type.modifiers.clear();  // PostgreSQL does not look at them
    }
    if (its.list.empty() && function->returns && function->returns->array_bounds.empty())
      its = columns_of_type(function->returns->name);
    if (!its.complete) return {{}, false};
    for (Column& one : its.list) one.may_be_null = true;  // a type of rows has no NOT NULL
    const bool is_same =
        std::ranges::equal(columns.list, its.list, [](const Column& left, const Column& right) {
          return left.name == right.name && left.type.name.name == right.type.name.name &&
                 left.type.array_bounds == right.type.array_bounds;
        });
    if (any && !is_same) return {{}, false};
    any = true;
    columns = std::move(its);
  }
  return columns.list.empty() ? Columns{{}, false} : columns;
}

/// What a function in FROM gives: of PostgreSQL's own those that give one column.
ExpressionTypes::Columns ExpressionTypes::columns_of(const ast::FunctionRef& function) {
  const auto* call = only_call(function);
  if (call == nullptr) return {{}, false};
  if (Columns columns = rows_of_own(*call); columns.complete) {
    if (function.ordinality) columns.list.push_back({"ordinality", own_type("int8"), false});
    name_columns(columns, function.alias.columns);
    return columns;
  }
  const bool is_own = !call->name.schema.empty() && call->name.schema != "pg_catalog";
  if (is_own || call->arguments.empty()) return {{}, false};
  const std::string& name = call->name.name;
  Column column{name_of(function), {}, false};
  if (name == "generate_series") {
    column.type = of(call->arguments[0]);
  } else if (name == "generate_subscripts") {
    column.type = own_type("int4");
  } else if (name == "regexp_split_to_table") {
    column.type = own_type("text");
  } else if (name == "jsonb_array_elements") {
    column.type = own_type("jsonb");
    column.name = "value";
  } else if (name == "unnest" && call->arguments.size() == 1) {
    column.type = of(call->arguments[0]);
    if (column.type.array_bounds.empty()) return {{}, false};
    column.type.array_bounds.pop_back();
    column.may_be_null = true;
    const bool may_be_row =
        catalog_.is_user_type(column.type.name) && catalog_.enum_type(column.type.name) == nullptr;
    if (may_be_row) return {{}, false};  // each field is a column
  } else {
    return {{}, false};
  }
  Columns columns{{std::move(column)}};
  if (function.ordinality) columns.list.push_back({"ordinality", own_type("int8"), false});
  name_columns(columns, function.alias.columns);
  return columns;
}

ExpressionTypes::Item ExpressionTypes::item_of(const ast::FunctionRef& function) {
  Columns columns = columns_of(function);
  if (columns.complete) return {name_of(function), std::move(columns)};
  for (std::string& name : columns_named_by(function)) columns.list.push_back({std::move(name), {}});
  const bool is_of_type = columns.list.empty() && function.functions.size() == 1;
  const auto* call = is_of_type ? std::get_if<ast::FunctionCall>(&function.functions[0].call->node) : nullptr;
  // json_populate_record(NULL::t, ..)
  const auto* row = call != nullptr && !call->arguments.empty() &&
                            call->name.name.find("_populate_record") != std::string::npos
                        ? std::get_if<ast::Cast>(&call->arguments[0].node)
                        : nullptr;
  if (row == nullptr) return {name_of(function), std::move(columns)};
  columns = columns_of_type(row->type.name);
  columns.complete = false;
  for (Column& one : columns.list) one.may_be_null = true;
  return {name_of(function), std::move(columns)};
}

}  // namespace pg2crdb::bind
