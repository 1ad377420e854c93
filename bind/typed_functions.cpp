// What functions in FROM show.
#include <algorithm>
#include <utility>

#include "bind/expression_types.h"

namespace pg2crdb::bind {
namespace {

/// The one function of an item in FROM that is PostgreSQL's own; null where there is none such.
const ast::FunctionCall* only_call(const ast::FunctionRef& function) {
  const bool is_plain =
      function.functions.size() == 1 && function.columns.empty() && function.functions[0].columns.empty();
  const auto* call = is_plain ? std::get_if<ast::FunctionCall>(&function.functions[0].call->node) : nullptr;
  const bool is_own = call != nullptr && !call->name.schema.empty() && call->name.schema != "pg_catalog";
  return is_own ? nullptr : call;
}

/// What columns of it are named by.
std::string name_of(const ast::FunctionRef& function) {
  if (!function.alias.name.empty() || function.functions.empty()) return function.alias.name;
  const auto* call = std::get_if<ast::FunctionCall>(&function.functions[0].call->node);
  return call == nullptr ? std::string() : call->name.name;
}

}  // namespace

/// What a function in FROM gives, of those that are PostgreSQL's own and give one column.
ExpressionTypes::Columns ExpressionTypes::columns_of(const ast::FunctionRef& function) {
  const auto* call = only_call(function);
  if (call == nullptr || call->arguments.empty()) return {{}, false};
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
  } else {
    return {{}, false};
  }
  Columns columns{{std::move(column)}};
  if (function.ordinality) columns.list.push_back({"ordinality", own_type("int8"), false});
  name_columns(columns, function.alias.columns);
  return columns;
}

ExpressionTypes::Item ExpressionTypes::item_of(const ast::FunctionRef& function) {
  return {name_of(function), columns_of(function)};
}

}  // namespace pg2crdb::bind
