#include "passes/adapt_expressions/joined_texts.h"

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool is_text(const ast::Expr& value, bind::ExpressionTypes& types) {
  if (const auto* literal = std::get_if<ast::Literal>(&value.node))
    return literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::null;
  const ast::TypeName type = types.of(value);
  return type.array_bounds.empty() && built_in(type.name) && type_of(type) == Type::text;
}

}  // namespace

bool write_joined_texts(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  const bool has_separator = call.name.name == "concat_ws";
  if (!built_in(call.name) || (!has_separator && call.name.name != "concat") || call.variadic) return false;
  bool changed = false;
  for (size_t i = has_separator ? 1 : 0; i < call.arguments.size(); ++i) {
    if (is_text(call.arguments[i], types)) continue;
    cast_to(call.arguments[i], "text");
    changed = true;
  }
  return changed;
}

}  // namespace pg2crdb::adapt
