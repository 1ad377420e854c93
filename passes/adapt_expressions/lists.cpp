#include "passes/adapt_expressions/lists.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "passes/adapt_expressions/given_columns.h"
#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

constexpr std::string_view comparisons[] = {"=", "<>", "!=", "<", "<=", ">", ">="};

bool compares(const std::vector<std::string>& op) {
  return op.empty() || contains(comparisons, op.back());
}

bool is_literal(const ast::Expr& expr) {
  return std::holds_alternative<ast::Literal>(expr.node);
}

ast::TypeName element_of(ast::TypeName type) {
  type.array_bounds.clear();
  return type;
}

/// What a value of one type becomes beside another; empty where it stays.
std::string_view made_of(const ast::TypeName& value, const ast::TypeName& other) {
  const Type from = type_of(value), to = type_of(other);
  if (from == to || to == Type::interval || !becomes(from, to)) return {};
  if (to == Type::decimal) return "numeric";
  return to == Type::floating ? "float8" : one_type(from, to);
}

void cast_array(ast::Expr& array, std::string_view element) {
  cast_to(array, element);
  std::get<ast::Cast>(array.node).type.array_bounds = {-1};
}

/// Of numbers and strings that are written, which take the type of what is beside them.
bool is_written(const ast::Expr& array) {
  const auto* list = std::get_if<ast::ArrayExpr>(&array.node);
  return list != nullptr && std::ranges::all_of(list->elements, is_literal);
}

/// An array beside a value, or another array.
bool write_beside(ast::Expr& value, ast::Expr& array, bind::ExpressionTypes& types) {
  const ast::TypeName one = types.of(value), other = types.of(array);
  if (other.array_bounds.size() != 1 || one.array_bounds.size() > 1) return false;
  const ast::TypeName element = element_of(one), its = element_of(other);
  const bool is_array = !one.array_bounds.empty();
  if (const std::string_view to = made_of(element, its); !to.empty() && !is_literal(value)) {
    is_array ? cast_array(value, to) : cast_to(value, to);
    return true;
  }
  const std::string_view to = made_of(its, element);
  if (to.empty() || is_written(array)) return false;
  cast_array(array, to);
  return true;
}

bool is_star(const ast::SelectItem& item) {
  const auto* column = std::get_if<ast::ColumnRef>(&item.expr->node);
  return column != nullptr && column->star;
}

/// Of one of so many columns; empty where it is not known.
ast::TypeName column_type(const ast::Query& query, size_t place, size_t count, bind::ExpressionTypes& types) {
  ast::Subquery one;
  one.query = query;
  if (count > 1) {
    if (query.targets.size() != count || std::ranges::any_of(query.targets, is_star)) return {};
    ast::SelectItem item = query.targets[place];
    one.query->targets = {std::move(item)};
  }
  return types.of({std::move(one), -1});
}

}  // namespace

bool write_list(ast::Operation& operation, bind::ExpressionTypes& types) {
  using Kind = ast::Operation::Kind;
  if (!operation.left || !operation.right || operation.op.size() != 1) return false;
  if (operation.kind == Kind::any || operation.kind == Kind::all)
    return compares(operation.op) && types.of(*operation.left).array_bounds.empty() &&
           write_beside(*operation.left, *operation.right, types);
  if (operation.kind != Kind::op || operation.op[0] != "||") return false;
  const bool is_right = !types.of(*operation.right).array_bounds.empty();
  return is_right ? write_beside(*operation.left, *operation.right, types)
                  : write_beside(*operation.right, *operation.left, types);
}

std::vector<Tested> tested_values(ast::Subquery& subquery, bind::ExpressionTypes& types) {
  std::vector<Tested> tested;
  if (!subquery.test || !subquery.query) return tested;
  if (auto* row = std::get_if<ast::RowExpr>(&subquery.test->node)) {
    for (ast::Expr& one : row->elements) tested.push_back({&one, {}});
  } else {
    tested.push_back({&*subquery.test, {}});
  }
  for (size_t i = 0; i < tested.size(); ++i)
    tested[i].column = column_type(*subquery.query, i, tested.size(), types);
  return tested;
}

bool write_test(ast::Subquery& subquery, bind::ExpressionTypes& types) {
  if (!subquery.test || !subquery.query) return false;
  const bool matches = !subquery.op.empty() && subquery.op.back().find('~') != std::string::npos;
  if (!compares(subquery.op) && !matches) return false;
  const std::vector<Tested> tested = tested_values(subquery, types);
  std::vector<ast::TypeName> to(tested.size());
  bool changed = false, any_column = false;
  for (size_t i = 0; i < tested.size(); ++i) {
    ast::Expr& tested_value = *tested[i].value;
    const ast::TypeName value = types.of(tested_value), column = tested[i].column;
    if (matches && type_of(value) == Type::citext) {
      cast_to(tested_value, "text");
      if (type_of(column) == Type::citext) to[i] = bind::own_type("text");
      if (!subquery.op.back().ends_with('*')) subquery.op.back() += '*';
      changed = true;
    } else if (const std::string_view type = made_of(value, column); !type.empty()) {
      cast_to(tested_value, type);
      changed = true;
    } else if (const std::string_view its = made_of(column, value); !its.empty()) {
      to[i] = bind::own_type(its);
    }
    any_column = any_column || !to[i].empty();
  }
  return (any_column && cast_columns(*subquery.query, to, types)) || changed;
}

}  // namespace pg2crdb::adapt
