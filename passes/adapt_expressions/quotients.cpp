#include "passes/adapt_expressions/quotients.h"

#include <algorithm>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

std::vector<ast::Expr*> written_values(ast::Expr& expr) {
  constexpr std::string_view writing[] = {"concat",        "concat_ws",         "format",
                                          "json_agg",      "json_build_array",  "json_build_object",
                                          "jsonb_agg",     "jsonb_build_array", "jsonb_build_object",
                                          "quote_literal", "quote_nullable",    "to_json",
                                          "to_jsonb"};
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  auto* operation = std::get_if<ast::Operation>(&expr.node);
  std::vector<ast::Expr*> written;
  if (auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    if (type_of(cast->type) == Type::text) written.push_back(&*cast->argument);
  } else if (call != nullptr && built_in(call->name) && contains(writing, call->name.name)) {
    for (ast::Expr& one : call->arguments) written.push_back(&one);
  } else if (operation != nullptr && operation->left && operation->right && !operation->op.empty() &&
             operation->op.back() == "||") {
    written = {&*operation->left, &*operation->right};
  }
  return written;
}

bool is_quotient(const ast::Expr& expr, bind::ExpressionTypes& types) {
  constexpr std::string_view computed[] = {"avg",     "exp",      "ln",      "log",        "pow",
                                           "power",   "sqrt",     "stddev",  "stddev_pop", "stddev_samp",
                                           "var_pop", "var_samp", "variance"};
  constexpr std::string_view with_its_places[] = {"+", "-", "*"};
  const auto any = [&](const std::vector<ast::Expr>& list) {
    return std::ranges::any_of(list, [&](const ast::Expr& one) { return is_quotient(one, types); });
  };
  if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) return any(coalesce->arguments);
  if (const auto* most = std::get_if<ast::MinMax>(&expr.node)) return any(most->arguments);
  if (const auto* choice = std::get_if<ast::Case>(&expr.node)) {
    const auto gives = [&](const ast::CaseWhen& when) { return is_quotient(*when.result, types); };
    return std::ranges::any_of(choice->whens, gives) ||
           (choice->otherwise && is_quotient(*choice->otherwise, types));
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node))
    return type_of(cast->type) == Type::decimal && cast->type.modifiers.empty() &&
           is_quotient(*cast->argument, types);
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node))
    return built_in(call->name) && contains(computed, call->name.name) &&
           type_of(types.of(expr)) == Type::decimal;
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation == nullptr || operation->kind != ast::Operation::Kind::op || operation->op.size() != 1)
    return false;
  if (operation->op[0] == "/" || operation->op[0] == "^") return type_of(types.of(expr)) == Type::decimal;
  return contains(with_its_places, operation->op[0]) &&
         ((operation->left && is_quotient(*operation->left, types)) || is_quotient(*operation->right, types));
}

}  // namespace pg2crdb::adapt
