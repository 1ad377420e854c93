#include "passes/adapt_expressions/null_counts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

bool write_null_count(ast::Expr& expr, bind::ExpressionTypes& types) {
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || !built_in(call->name) || call->variadic || call->arguments.empty()) return false;
  const bool counts_nulls = call->name.name == "num_nulls";
  if (!counts_nulls && call->name.name != "num_nonnulls") return false;
  const ast::TypeName first = types.of(call->arguments.front());
  if (!first.empty() && std::ranges::all_of(call->arguments, [&](const ast::Expr& argument) {
        return same_type(types.of(argument), first);
      }))
    return false;
  const auto number = [](bool one) {
    return ast::Expr{ast::Literal{ast::Literal::Kind::integer, one ? "1" : "0"}};
  };
  std::optional<ast::Expr> sum;
  for (ast::Expr& argument : call->arguments) {
    ast::Case one;
    one.whens.push_back({ast::Expr{ast::NullTest{std::move(argument), false}}, number(counts_nulls)});
    one.otherwise = number(!counts_nulls);
    ast::Expr value{std::move(one)};
    if (!sum) {
      sum = std::move(value);
      continue;
    }
    ast::Operation plus;
    plus.op = {"+"};
    plus.left = std::move(*sum);
    plus.right = std::move(value);
    sum = ast::Expr{std::move(plus)};
  }
  sum->offset = expr.offset;
  expr = std::move(*sum);
  return true;
}

}  // namespace pg2crdb::adapt
