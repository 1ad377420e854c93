#include "passes/merge_partitions/bounds.h"

#include <algorithm>
#include <vector>

#include "ast/name.h"

namespace pg2crdb::partitions {
namespace {

using Kind = ast::PartitionBound::Kind;

/// A constant, whatever it is cast to.
const ast::Literal* constant(const ast::Expr& expr) {
  const ast::Expr* value = &expr;
  while (const auto* cast = std::get_if<ast::Cast>(&value->node)) value = &*cast->argument;
  const auto* literal = std::get_if<ast::Literal>(&value->node);
  return literal == nullptr || literal->kind == ast::Literal::Kind::null ? nullptr : literal;
}

bool is_constant(const ast::Expr& expr, const ast::Expr& other) {
  const ast::Literal* one = constant(expr);
  const ast::Literal* two = constant(other);
  return one != nullptr && two != nullptr && one->text == two->text;
}

/// `as_text`: a varchar is compared as a text.
bool is_column(const ast::Expr& expr, const std::string& column, bool as_text) {
  const auto* cast = std::get_if<ast::Cast>(&expr.node);
  if (as_text && cast != nullptr && cast->type.name.name == "text" && cast->type.array_bounds.empty())
    return is_column(*cast->argument, column, false);
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  return reference != nullptr && !reference->star && reference->names.size() == 1 &&
         reference->names[0] == column;
}

/// The values of `column = v`, `column IN (v, w)`, `column = ANY (ARRAY[v, w])`; none of anything else.
std::vector<const ast::Expr*> values_of(const ast::Operation& operation, const std::string& column) {
  std::vector<const ast::Expr*> values;
  if (!operation.left || operation.op != std::vector<std::string>{"="} ||
      !is_column(*operation.left, column, true))
    return values;
  const auto take = [&](const std::vector<ast::Expr>& items) {
    for (const ast::Expr& item : items) values.push_back(&item);
  };
  const ast::Expr* right = &*operation.right;
  while (const auto* cast = std::get_if<ast::Cast>(&right->node)) right = &*cast->argument;
  if (operation.kind == ast::Operation::Kind::op) {
    values.push_back(right);
  } else if (operation.kind == ast::Operation::Kind::in) {
    if (const auto* list = std::get_if<ast::ExprList>(&right->node)) take(list->items);
  } else if (operation.kind == ast::Operation::Kind::any) {
    if (const auto* array = std::get_if<ast::ArrayExpr>(&right->node)) take(array->elements);
  }
  return values;
}

bool implies(const ast::PartitionBound& bound, const std::string& column, const ast::Expr& check) {
  const bool takes_nulls =
      bound.kind != Kind::range && std::any_of(bound.list.begin(), bound.list.end(),
                                               [](const ast::Expr& one) { return constant(one) == nullptr; });
  if (const auto* test = std::get_if<ast::NullTest>(&check.node))
    return test->negated && !takes_nulls && is_column(*test->argument, column, false);
  const auto* operation = std::get_if<ast::Operation>(&check.node);
  if (operation == nullptr) return false;
  if (bound.kind == Kind::list) {
    const std::vector<const ast::Expr*> values = values_of(*operation, column);
    return !values.empty() && std::all_of(bound.list.begin(), bound.list.end(), [&](const ast::Expr& taken) {
      return constant(taken) == nullptr ||  // a NULL passes
             std::any_of(values.begin(), values.end(),
                         [&](const ast::Expr* value) { return is_constant(taken, *value); });
    });
  }
  if (operation->kind != ast::Operation::Kind::op || operation->op.size() != 1 || !operation->left ||
      !is_column(*operation->left, column, false))
    return false;
  const std::string& op = operation->op[0];
  if (op == ">=") return bound.from.size() == 1 && is_constant(bound.from[0], *operation->right);
  return (op == "<" || op == "<=") && bound.to.size() == 1 && is_constant(bound.to[0], *operation->right);
}

}  // namespace

void Bounds::note(const ast::StatementNode& node) {
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) {
    const std::string name = key_of(table->name);
    if (table->partition_by && table->partition_by->key.size() == 1)
      columns_[name] = table->partition_by->key[0].column;
    if (!table->partition_of.empty() && table->bound)
      of_[name] = {key_of(*table->partition_of), *table->bound};
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&node)) {
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* attach = std::get_if<ast::AttachPartition>(&command);
      if (attach != nullptr) of_[key_of(attach->partition)] = {key_of(alter->name), attach->bound};
    }
  }
}

bool Bounds::imply(const ast::Expr& check, const std::string& partition) const {
  const auto* all = std::get_if<ast::BoolExpr>(&check.node);
  if (all != nullptr && all->kind == ast::BoolExpr::Kind::conjunction)
    return std::all_of(all->arguments.begin(), all->arguments.end(),
                       [&](const ast::Expr& one) { return imply(one, partition); });
  for (auto at = of_.find(partition); at != of_.end(); at = of_.find(at->second.parent)) {
    const auto column = columns_.find(at->second.parent);
    const Kind kind = at->second.values.kind;
    if (column != columns_.end() && !column->second.empty() && (kind == Kind::list || kind == Kind::range) &&
        implies(at->second.values, column->second, check))
      return true;
  }
  return false;
}

}  // namespace pg2crdb::partitions
