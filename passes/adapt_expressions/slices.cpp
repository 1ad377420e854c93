#include "passes/adapt_expressions/slices.h"

#include <algorithm>
#include <utility>

#include "ast/query.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

// No column of a script is called like these, and no variable.
constexpr const char* place = "slice_place";
constexpr const char* places = "slice_places";

ast::Expr integer(const char* digits) {
  return {ast::Literal{ast::Literal::Kind::integer, digits}};
}
ast::Expr column(const char* name) {
  return {ast::ColumnRef{{name}}};
}
ast::Expr call(const char* name, ast::Expr first, ast::Expr second) {
  ast::FunctionCall made;
  made.name.name = name;
  made.arguments.push_back(std::move(first));
  made.arguments.push_back(std::move(second));
  return {std::move(made)};
}
ast::Expr length_of(const ast::Expr& array) {
  ast::Coalesce length;
  length.arguments.push_back(call("array_length", array, integer("1")));
  length.arguments.push_back(integer("0"));
  return {std::move(length)};
}

bool is_reference(const ast::Expr& expr) {
  const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
  return column != nullptr ? !column->star : std::holds_alternative<ast::Parameter>(expr.node);
}

bool is_integer(const ast::Expr& expr) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::integer;
}

bool is_length(const ast::Expr& expr) {
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  const bool is_one = call != nullptr && built_in(call->name) &&
                      (call->name.name == "array_length" || call->name.name == "array_upper" ||
                       call->name.name == "cardinality");
  return is_one && std::ranges::all_of(call->arguments, [](const ast::Expr& one) {
           return is_reference(one) || is_integer(one);
         });
}

/// Columns, variables, constants, lengths of arrays, and sums of them: computing one twice does nothing. All
/// are integers: PostgreSQL rounds others to one, CockroachDB's generate_series() takes none.
bool is_bound(const ast::Expr& expr, bind::ExpressionTypes& types) {
  if (is_integer(expr) || is_length(expr)) return true;
  if (is_reference(expr)) {
    const ast::TypeName type = types.of(expr);
    return type.array_bounds.empty() && type_of(type) == Type::integer;
  }
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  const bool is_sum = operation != nullptr && operation->kind == ast::Operation::Kind::op &&
                      operation->op.size() == 1 && (operation->op[0] == "+" || operation->op[0] == "-");
  return is_sum && operation->left && is_bound(*operation->left, types) && operation->right &&
         is_bound(*operation->right, types);
}

bool is_constant(const ast::Expr& expr) {
  return std::holds_alternative<ast::Literal>(expr.node);
}

/// The greater of two, or the less.
ast::Expr one_of(bool greatest, ast::Expr bound, ast::Expr end) {
  ast::MinMax both;
  both.greatest = greatest;
  both.arguments.push_back(std::move(bound));
  both.arguments.push_back(std::move(end));
  return {std::move(both)};
}

/// None is before the first element. The tree writes integers in decimal, with their sign.
ast::Expr first_of(const ast::Expr& bound) {
  const auto* number = std::get_if<ast::Literal>(&bound.node);
  if (number != nullptr && number->text.front() >= '1' && number->text.front() <= '9') return bound;
  return one_of(true, bound, integer("1"));
}

}  // namespace

bool write_slice(ast::Expr& expr, bind::ExpressionTypes& types) {
  auto* slice = std::get_if<ast::Indirection>(&expr.node);
  if (slice == nullptr || slice->steps.size() != 1 || slice->steps[0].kind != ast::Step::Kind::slice)
    return false;
  const ast::Step& bounds = slice->steps[0];
  const ast::Expr& array = *slice->argument;
  const bool is_bounded =
      (!bounds.lower || is_bound(*bounds.lower, types)) && (!bounds.upper || is_bound(*bounds.upper, types));
  if (!is_bounded || !is_reference(array) || types.of(array).array_bounds.size() != 1) return false;

  ast::Step step;
  step.kind = ast::Step::Kind::index;
  step.lower = column(place);
  ast::Indirection element;
  element.argument = array;
  element.steps.push_back(std::move(step));
  ast::SelectItem item;
  item.expr = ast::Expr{std::move(element)};
  ast::FunctionRef::Function series;
  series.call = call("generate_series", bounds.lower ? first_of(*bounds.lower) : integer("1"),
                     bounds.upper ? one_of(false, *bounds.upper, length_of(array)) : length_of(array));
  ast::FunctionRef from;
  from.functions.push_back(std::move(series));
  from.alias = {places, {place}};
  ast::SortItem order;
  order.expr = column(place);
  ast::Query query;
  query.targets.push_back(std::move(item));
  query.from.emplace_back();
  query.from.back().node = std::move(from);
  query.order_by.push_back(std::move(order));
  ast::Subquery elements;
  elements.kind = ast::Subquery::Kind::array;
  elements.query = std::move(query);

  ast::BoolExpr any_null;
  any_null.kind = ast::BoolExpr::Kind::disjunction;
  any_null.arguments.push_back({ast::NullTest{array, false}});
  for (const ast::Box<ast::Expr>* bound : {&bounds.lower, &bounds.upper}) {
    if (*bound && !is_constant(**bound)) any_null.arguments.push_back({ast::NullTest{**bound, false}});
  }
  ast::Case choice;
  ast::Expr condition =
      any_null.arguments.size() == 1 ? any_null.arguments[0] : ast::Expr{std::move(any_null)};
  choice.whens.push_back({std::move(condition), ast::Expr{ast::Literal{ast::Literal::Kind::null, ""}}});
  choice.otherwise = ast::Expr{std::move(elements)};
  expr.node = std::move(choice);
  return true;
}

}  // namespace pg2crdb::adapt
