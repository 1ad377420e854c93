#include "passes/adapt_expressions/quotients.h"

#include <algorithm>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

/// A number with so few digits that a quotient of what columns hold is as much nearer to it in neither
/// database.
bool is_short_number(const ast::Expr& value) {
  constexpr size_t longest = 9;
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->text.size() <= longest &&
         (literal->kind == ast::Literal::Kind::integer || literal->kind == ast::Literal::Kind::decimal);
}

/// Computed of a quotient: 2.0 / 3 * 1.5 is 1 in CockroachDB, a little more in PostgreSQL.
bool is_computed_on(const ast::Expr& quotient, bind::ExpressionTypes& types) {
  const auto* operation = std::get_if<ast::Operation>(&quotient.node);
  return operation != nullptr && operation->kind == ast::Operation::Kind::op && operation->right &&
         operation->op.back() != "/" &&
         ((operation->left && types.is_quotient(*operation->left)) || types.is_quotient(*operation->right));
}

bool differs(const ast::Expr& one, const ast::Expr& other, bind::ExpressionTypes& types) {
  const auto is_told = [&](const ast::Expr& quotient, const ast::Expr& beside) {
    return types.is_quotient(quotient) && (!is_short_number(beside) || is_computed_on(quotient, types));
  };
  return is_told(one, other) || is_told(other, one);
}

}  // namespace

bool compares_quotient(const ast::Operation& operation, bind::ExpressionTypes& types) {
  using Kind = ast::Operation::Kind;
  constexpr std::string_view comparing[] = {"=", "<>", "!=", "<", ">", "<=", ">="};
  const bool has_operator =
      operation.kind == Kind::op || operation.kind == Kind::any || operation.kind == Kind::all;
  const bool is_pattern =
      operation.kind == Kind::like || operation.kind == Kind::ilike || operation.kind == Kind::similar;
  if (!operation.left || !operation.right || is_pattern ||
      (has_operator && (operation.op.empty() || !contains(comparing, operation.op.back()))))
    return false;
  if (const auto* list = std::get_if<ast::ExprList>(&operation.right->node)) {
    return std::ranges::any_of(list->items,
                               [&](const ast::Expr& one) { return differs(*operation.left, one, types); });
  }
  return differs(*operation.left, *operation.right, types);
}

std::vector<ast::Expr*> written_values(ast::Expr& expr) {
  constexpr std::string_view quoting[] = {"quote_literal", "quote_nullable"};
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  auto* operation = std::get_if<ast::Operation>(&expr.node);
  std::vector<ast::Expr*> written;
  if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    if (type_of(cast->type) == Type::text) written.push_back(&*cast->argument);
  } else if (call != nullptr &&
             (writes_arguments(*call) || (built_in(call->name) && contains(quoting, call->name.name)))) {
    for (ast::Expr& one : call->arguments) written.push_back(&one);
  } else if (operation != nullptr && operation->left && operation->right && !operation->op.empty() &&
             operation->op.back() == "||") {
    written = {&*operation->left, &*operation->right};
  }
  return written;
}

}  // namespace pg2crdb::adapt
