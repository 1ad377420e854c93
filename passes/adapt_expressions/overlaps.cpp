#include "passes/adapt_expressions/overlaps.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool is_plain(const ast::Expr& expr) {
  const ast::Expr* inner = &expr;
  while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
  return std::holds_alternative<ast::ColumnRef>(inner->node) ||
         std::holds_alternative<ast::Literal>(inner->node);
}

}  // namespace

Overlaps write_overlaps(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  std::vector<ast::Expr>& arguments = call.arguments;
  if (call.name.name != "overlaps" || arguments.size() != 4) return Overlaps::as_before;
  std::array<Type, 4> of{};
  std::ranges::transform(arguments, of.begin(), [&](const ast::Expr& one) { return type_of(types.of(one)); });
  const auto has = [&](Type type) { return std::ranges::find(of, type) != of.end(); };
  const bool first = of[1] == Type::interval, second = of[3] == Type::interval;
  const bool is_mixed = first != second;
  if (is_mixed && !is_plain(arguments[first ? 0 : 2])) return Overlaps::unclear;
  std::string_view to;
  if (has(Type::timestamptz)) {
    to = "timestamptz";
  } else if (has(Type::timestamp) || (is_mixed && has(Type::date))) {
    to = "timestamp";
  }
  bool changed = is_mixed;
  for (size_t i = 0; i < of.size() && !to.empty(); ++i) {
    const bool is_other = of[i] == Type::date || (of[i] == Type::timestamp && to != "timestamp");
    if (!is_other) continue;
    cast_to(arguments[i], to);
    changed = true;
  }
  if (is_mixed) {
    const size_t start = first ? 0 : 2;
    ast::Operation end;
    end.op = {"+"};
    end.left = arguments[start];
    end.right = std::move(arguments[start + 1]);
    arguments[start + 1] = ast::Expr{std::move(end), -1};
  }
  return changed ? Overlaps::rewritten : Overlaps::as_before;
}

}  // namespace pg2crdb::adapt
