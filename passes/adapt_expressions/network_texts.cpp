#include "passes/adapt_expressions/network_texts.h"

#include <utility>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool is_of(const ast::Expr& value, std::string_view name, bind::ExpressionTypes& types) {
  const ast::TypeName type = types.of(value);
  return built_in(type.name) && type.name.name == name && type.array_bounds.empty();
}

bool is_network(const ast::Expr& value, bind::ExpressionTypes& types) {
  return is_of(value, "cidr", types) || is_of(value, "inet", types);
}

void write_text(ast::Expr& value) {
  ast::FunctionCall call;
  call.name.name = "text";
  const int32_t offset = value.offset;
  call.arguments.push_back(std::move(value));
  value = {std::move(call), offset};
}

}  // namespace

bool write_network_texts(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    if (type_of(cast->type) != Type::text || !is_network(*cast->argument, types)) return false;
    if (!cast->type.modifiers.empty()) {
      write_text(*cast->argument);
      return true;
    }
    ast::Expr value = std::move(*cast->argument);
    expr = std::move(value);
    write_text(expr);
    return true;
  }
  bool any = false;
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    const bool joins = operation->kind == ast::Operation::Kind::op && !operation->op.empty() &&
                       operation->op.back() == "||" && operation->left && operation->right;
    for (ast::Expr* side : {joins ? &*operation->left : nullptr, joins ? &*operation->right : nullptr}) {
      if (side == nullptr || !is_network(*side, types)) continue;
      write_text(*side);
      any = true;
    }
    return any;
  }
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || !writes_arguments(*call)) return false;
  for (ast::Expr& argument : call->arguments) {
    if (!is_of(argument, "cidr", types)) continue;
    write_text(argument);
    any = true;
  }
  return any;
}

bool write_assigned_network(ast::Expr& value, const ast::TypeName& to, bind::ExpressionTypes& types) {
  if (type_of(to) != Type::text || !is_network(value, types)) return false;
  write_text(value);
  return true;
}

}  // namespace pg2crdb::adapt
