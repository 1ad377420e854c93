#include "passes/adapt_expressions/money.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

using Group = std::vector<ast::Expr*>;  ///< of one type

void add(Group& group, std::vector<ast::Expr>& list) {
  for (ast::Expr& one : list) group.push_back(&one);
}

bool compares_or_adds(const ast::Operation& operation) {
  using Kind = ast::Operation::Kind;
  const bool is_pattern =
      operation.kind == Kind::like || operation.kind == Kind::ilike || operation.kind == Kind::similar;
  return !is_pattern && !operation.op.empty() &&
         operation.op.back().find_first_of("|~@#&?") == std::string::npos;
}

std::vector<Group> groups_of(ast::Expr& expr) {
  std::vector<Group> groups(1);
  Group& group = groups.front();
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    if (!operation->left || !operation->right || !compares_or_adds(*operation)) return {};
    group.push_back(&*operation->left);
    auto* array = std::get_if<ast::ArrayExpr>(&operation->right->node);
    if (auto* list = std::get_if<ast::ExprList>(&operation->right->node)) {
      add(group, list->items);
    } else if (array != nullptr) {
      add(group, array->elements);
    } else {
      group.push_back(&*operation->right);
    }
  } else if (auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) {
    add(group, coalesce->arguments);
  } else if (auto* most = std::get_if<ast::MinMax>(&expr.node)) {
    add(group, most->arguments);
  } else if (auto* choice = std::get_if<ast::Case>(&expr.node)) {
    for (ast::CaseWhen& when : choice->whens) group.push_back(&*when.result);
    if (choice->otherwise) group.push_back(&*choice->otherwise);
    if (choice->argument) {
      Group compared{&*choice->argument};
      for (ast::CaseWhen& when : choice->whens) compared.push_back(&*when.condition);
      groups.push_back(std::move(compared));
    }
  } else {
    return {};
  }
  return groups;
}

bool is_text(const ast::Expr& value) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string;
}

}  // namespace

bool say_money(ast::Expr& value, const ast::TypeName& beside) {
  if (!is_text(value) || type_of(beside) != Type::money) return false;
  value = {ast::Cast{ast::Box<ast::Expr>(value), beside}, value.offset};
  return true;
}

bool say_money(ast::Expr& expr, bind::ExpressionTypes& types) {
  bool changed = false;
  for (Group& group : groups_of(expr)) {
    if (std::none_of(group.begin(), group.end(), [](const ast::Expr* one) { return is_text(*one); }))
      continue;
    const auto amount = std::find_if(group.begin(), group.end(), [&](const ast::Expr* one) {
      return type_of(types.of(*one)) == Type::money;
    });
    if (amount == group.end()) continue;
    const ast::TypeName type = types.of(**amount);
    for (ast::Expr* one : group) changed = say_money(*one, type) || changed;
  }
  return changed;
}

}  // namespace pg2crdb::adapt
