#include "passes/adapt_expressions/quotients.h"

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

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
