#include "passes/adapt_expressions/booleans.h"

#include <utility>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

bool write_boolean(ast::Expr& value, bind::ExpressionTypes& types) {
  using Kind = ast::Literal::Kind;
  if (auto* literal = std::get_if<ast::Literal>(&value.node)) {
    if (literal->kind != Kind::boolean) return false;
    *literal = {Kind::string, literal->text.substr(0, 1)};
    return true;
  }
  const ast::TypeName type = types.of(value);
  if (!built_in(type.name) || type.name.name != "bool" || !type.array_bounds.empty()) return false;
  cast_to(value, "text");
  ast::FunctionCall first;
  first.name.name = "left";
  first.arguments = {value, {ast::Literal{Kind::integer, "1"}, -1}};
  value.node = std::move(first);
  return true;
}

bool write_booleans(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  bool changed = false;
  auto* gathered = call.name.name == "array_to_string" && built_in(call.name) && !call.arguments.empty()
                       ? std::get_if<ast::FunctionCall>(&call.arguments[0].node)
                       : nullptr;
  if (gathered != nullptr && gathered->name.name == "array_agg" && built_in(gathered->name) &&
      gathered->arguments.size() == 1) {
    // With DISTINCT, what is sorted by has to be what is gathered.
    const bool is_sorted = gathered->modifiers && !gathered->modifiers->order_by.empty();
    return !(gathered->distinct && is_sorted) && write_boolean(gathered->arguments[0], types);
  }
  auto* array = call.name.name == "array_to_string" && built_in(call.name) && !call.arguments.empty()
                    ? std::get_if<ast::ArrayExpr>(&call.arguments[0].node)
                    : nullptr;
  if (array != nullptr) {
    for (ast::Expr& one : array->elements) changed = write_boolean(one, types) || changed;
    return changed;
  }
  const bool is_joined = call.name.name == "concat";
  const bool has_form = call.name.name == "concat_ws" || call.name.name == "format";
  if (!built_in(call.name) || (!is_joined && !has_form) || call.variadic) return false;
  for (size_t i = has_form ? 1 : 0; i < call.arguments.size(); ++i)
    changed = write_boolean(call.arguments[i], types) || changed;
  return changed;
}

bool joins_booleans(const ast::FunctionCall& call, bind::ExpressionTypes& types) {
  if (call.name.name != "array_to_string" || !built_in(call.name) || call.arguments.empty()) return false;
  const ast::TypeName type = types.of(call.arguments[0]);
  return built_in(type.name) && type.name.name == "bool" && !type.array_bounds.empty();
}

}  // namespace pg2crdb::adapt
