#include "passes/adapt_expressions/joined_texts.h"

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

/// Whether a cast writes the value as these functions do: not a boolean's, which they write as `t` and `f`,
/// and which what is of no known type may be, or a domain.
bool is_written_by_cast(const ast::Expr& value, bind::ExpressionTypes& types) {
  if (const auto* literal = std::get_if<ast::Literal>(&value.node))
    return literal->kind == ast::Literal::Kind::integer || literal->kind == ast::Literal::Kind::decimal;
  const ast::TypeName type = types.of(value);
  if (type.empty()) return false;
  if (!built_in(type.name)) return type.array_bounds.empty();
  const Type known = type_of(type);
  const bool is_other = type.name.name == "uuid" || type.name.name == "jsonb";
  return known == Type::other ? is_other : known != Type::unknown && known != Type::text;
}

}  // namespace

bool write_joined_texts(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  const bool has_separator = call.name.name == "concat_ws";
  if (!built_in(call.name) || (!has_separator && call.name.name != "concat") || call.variadic) return false;
  bool changed = false;
  for (size_t i = has_separator ? 1 : 0; i < call.arguments.size(); ++i) {
    if (!is_written_by_cast(call.arguments[i], types)) continue;
    cast_to(call.arguments[i], "text");
    changed = true;
  }
  return changed;
}

}  // namespace pg2crdb::adapt
