#include "passes/adapt_expressions/arithmetic.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool is_exact(Type type) {
  return type == Type::decimal || type == Type::integer;
}

bool is_literal(const ast::Expr& expr) {
  return std::holds_alternative<ast::Literal>(expr.node);
}

/// False where nothing has to be done: a number that is written takes the type of what it stands beside.
bool to_float(ast::Expr& operand) {
  if (is_literal(operand)) return false;
  auto* cast = std::get_if<ast::Cast>(&operand.node);
  if (cast != nullptr && is_literal(*cast->argument)) {
    cast->type = bind::own_type("float8");
  } else {
    cast_to(operand, "float8");
  }
  return true;
}

/// Of numbers that are no literals.
bool to_numeric(ast::Expr& operand) {
  if (is_literal(operand)) return false;
  cast_to(operand, "numeric");
  return true;
}

/// Makes exact numbers floats where one of them all is a float; whether any was.
bool all_to_float(const std::vector<ast::Expr*>& values, bind::ExpressionTypes& types) {
  std::vector<ast::Expr*> exact;
  bool any_float = false;
  for (ast::Expr* value : values) {
    const Type type = type_of(types.of(*value));
    any_float = any_float || type == Type::floating;
    if (is_exact(type)) exact.push_back(value);
  }
  bool changed = false;
  for (ast::Expr* value : exact) changed = (any_float && to_float(*value)) || changed;
  return changed;
}

/// Makes integers exact numbers with places where one of them all is such a one; whether any was. What is
/// written takes the type of what it stands beside, but for `written`, too.
bool all_to_numeric(const std::vector<ast::Expr*>& values, bind::ExpressionTypes& types,
                    bool written = false) {
  const auto is = [&](Type type) {
    return [&types, type](const ast::Expr* value) { return type_of(types.of(*value)) == type; };
  };
  if (std::ranges::none_of(values, is(Type::decimal))) return false;
  bool changed = false;
  for (ast::Expr* value : values) {
    if (type_of(types.of(*value)) != Type::integer || (is_literal(*value) && !written)) continue;
    cast_to(*value, "numeric");
    changed = true;
  }
  return changed;
}

/// PostgreSQL has powers of floats and of decimals, of floats where both are integers; roots of floats alone.
Computed power(ast::Operation& operation, Type left, Type right) {
  const bool root = !operation.left;
  if (root) {
    if (right == Type::floating) return Computed::as_before;
    cast_to(*operation.right, "float8");
    return Computed::power_as_float;
  }
  if (left == Type::integer && right == Type::integer) {
    cast_to(*operation.left, "float8");
    cast_to(*operation.right, "float8");
    return Computed::power_as_float;
  }
  const bool mixed = (left == Type::floating && is_exact(right) && to_float(*operation.right)) ||
                     (right == Type::floating && is_exact(left) && to_float(*operation.left));
  if (mixed) return Computed::as_float;
  const bool perhaps =
      (left == Type::unknown && right == Type::integer) || (left == Type::integer && right == Type::unknown);
  return perhaps ? Computed::perhaps_power_as_float : Computed::as_before;
}

ast::Expr literal(std::string text) {
  return {ast::Literal{ast::Literal::Kind::integer, std::move(text)}};
}

/// Integers divide an amount without its fractions of a cent; floats, which exact numbers become beside it,
/// are rounded to one.
Computed amount(ast::Expr& expr, Type left, Type right) {
  auto& operation = std::get<ast::Operation>(expr.node);
  const std::string& op = operation.op.back();
  if ((op != "*" && op != "/") || !operation.left) return Computed::as_before;
  if (left == Type::money && right == Type::money) {
    cast_to(expr, "float8");
    return Computed::as_money;
  }
  ast::Expr& number = left == Type::money ? *operation.right : *operation.left;
  const Type type = left == Type::money ? right : left;
  if (type == Type::floating && !is_literal(number)) cast_to(number, "numeric");
  if (op == "*" && type == Type::integer) return Computed::as_before;
  if (op == "/" && type == Type::integer) {
    ast::FunctionCall trunc;
    trunc.name.name = "trunc";
    trunc.arguments = {expr, literal("2")};
    expr.node = std::move(trunc);
  }
  cast_to(expr, "money");
  return Computed::as_money;
}

/// A fraction, or an array of them, is a float, and so is what percentile_cont computes between.
Computed percentile(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  bool changed = false;
  const ast::TypeName fraction = types.of(call.arguments[0]);
  if (!fraction.array_bounds.empty() && fraction.name.name != "float8") {
    cast_to(call.arguments[0], "float8");
    std::get<ast::Cast>(call.arguments[0].node).type.array_bounds = {-1};
    changed = true;
  } else if (is_exact(type_of(fraction))) {
    changed = to_float(call.arguments[0]);
  }
  for (ast::SortItem& item : call.modifiers->order_by) {
    if (call.name.name == "percentile_cont" && is_exact(type_of(types.of(*item.expr))))
      changed = to_float(*item.expr) || changed;
  }
  return changed ? Computed::as_float : Computed::as_before;
}

/// An array is one of the type that its elements and what is looked for or put in have in common.
Computed elements(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  ast::TypeName element;
  ast::Expr* array = nullptr;
  std::vector<ast::Expr*> values;
  const size_t count = call.name.name == "array_position" ? 2 : call.arguments.size();  // a place behind
  for (ast::Expr& one : std::span(call.arguments).first(std::min(count, call.arguments.size()))) {
    ast::TypeName type = types.of(one);
    const bool is_array = type.array_bounds.size() == 1;
    if (is_array) {
      type.array_bounds.clear();
      element = type;
      array = &one;
    } else if (!is_literal(one)) {
      values.push_back(&one);
    }
  }
  bool changed = false;
  for (ast::Expr* value : values) {
    const ast::TypeName type = types.of(*value);
    if (array == nullptr || type.empty()) continue;
    if (becomes(type_of(type), type_of(element))) {
      cast_to(*value, element.name.name);
      changed = true;
    } else if (becomes(type_of(element), type_of(type))) {
      cast_to(*array, type.name.name);
      std::get<ast::Cast>(array->node).type.array_bounds = {-1};
      element = type;
      changed = true;
    }
  }
  return changed ? Computed::as_cast : Computed::as_before;
}

}  // namespace

Computed write_arithmetic(ast::Expr& expr, bind::ExpressionTypes& types) {
  auto& operation = std::get<ast::Operation>(expr.node);
  const std::string& op = operation.op.back();
  const bool is_power = op == "^" || op == "|/" || op == "||/";
  const bool computes = operation.left && (op == "+" || op == "-" || op == "*" || op == "/");
  if (!is_power && !computes) return Computed::as_before;
  Type left = operation.left ? type_of(types.of(*operation.left)) : Type::unknown;
  Type right = type_of(types.of(*operation.right));
  // A written text is a number beside one.
  const auto is_text = [](const ast::Expr& one) {
    const auto* text = std::get_if<ast::Literal>(&one.node);
    return text != nullptr && text->kind == ast::Literal::Kind::string;
  };
  if (computes && is_text(*operation.right) && left == Type::integer) right = left;
  if (computes && is_text(*operation.left) && right == Type::integer) left = right;
  if (is_power) return power(operation, left, right);
  if (left == Type::money || right == Type::money) return amount(expr, left, right);
  if (op == "/" && left == Type::integer && right == Type::integer) {
    operation.op = {"//"};
    return Computed::integers_divided;
  }
  const auto may_be_integer = [](Type type) { return type == Type::unknown || type == Type::integer; };
  if (op == "/" && may_be_integer(left) && may_be_integer(right)) return Computed::perhaps_integers_divided;
  const bool changed = (left == Type::floating && is_exact(right) && to_float(*operation.right)) ||
                       (right == Type::floating && is_exact(left) && to_float(*operation.left));
  return changed ? Computed::as_float : Computed::as_before;
}

Computed write_choice(ast::Expr& expr, bind::ExpressionTypes& types) {
  std::vector<ast::Expr*> values = choices(expr);
  Type first = Type::unknown;  ///< of NULLIF, which has it
  const auto add = [&](std::vector<ast::Expr>& list) {
    for (ast::Expr& one : list) values.push_back(&one);
  };
  if (auto* array = std::get_if<ast::ArrayExpr>(&expr.node)) {
    add(array->elements);
  } else if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    auto* list = operation->right ? std::get_if<ast::ExprList>(&operation->right->node) : nullptr;
    if (!operation->left || (list == nullptr && operation->kind != ast::Operation::Kind::nullif))
      return Computed::as_before;
    values.push_back(&*operation->left);
    if (list != nullptr)
      add(list->items);
    else
      values.push_back(&*operation->right);
    // NULLIF is of the type of its first value.
    const bool is_of_integer = list == nullptr && type_of(types.of(*operation->left)) == Type::integer;
    if (is_of_integer && all_to_float(values, types)) return Computed::as_float;
    if (is_of_integer) return Computed::as_before;
    // Times of several types are compared as they are.
    const bool is_in = operation->kind == ast::Operation::Kind::in;
    const bool any_citext = std::ranges::any_of(
        values, [&](const ast::Expr* value) { return type_of(types.of(*value)) == Type::citext; });
    if (list != nullptr && !is_in && !any_citext) {
      if (all_to_float(values, types)) return Computed::as_float;
      return all_to_numeric(values, types) ? Computed::as_cast : Computed::as_before;
    }
    first = list == nullptr ? type_of(types.of(*operation->left)) : Type::unknown;
  }
  if (all_to_float(values, types)) return Computed::as_float;
  if (all_to_numeric(values, types)) return Computed::as_cast;
  if (!write_one_type(values, types)) return Computed::as_before;
  if (first == Type::date || first == Type::timestamp)
    cast_to(expr, first == Type::date ? "date" : "timestamp");
  return Computed::as_cast;
}

Computed write_columns(ast::Query& values, bind::ExpressionTypes& types) {
  bool changed = false, any_cast = false;
  for (size_t i = 0; i < values.values.front().size(); ++i) {
    std::vector<ast::Expr*> column;
    for (std::vector<ast::Expr>& row : values.values) {
      if (i < row.size()) column.push_back(&row[i]);
    }
    changed = all_to_float(column, types) || changed;
    any_cast = all_to_numeric(column, types, true) || write_one_type(column, types) || any_cast;
  }
  if (changed) return Computed::as_float;
  return any_cast ? Computed::as_cast : Computed::as_before;
}

Computed write_arguments(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  constexpr std::string_view powers[] = {"pow", "power"};
  // PostgreSQL has these of floats alone.
  constexpr std::string_view only_of_floats[] = {
      "acos",    "acosd", "acosh", "asin", "asind", "asinh", "atan", "atan2", "atan2d",
      "atand",   "atanh", "cbrt",  "cos",  "cosd",  "cosh",  "cot",  "cotd",  "degrees",
      "radians", "sin",   "sind",  "sinh", "tan",   "tand",  "tanh"};
  // These of exact numbers alone, where they have two arguments.
  constexpr std::string_view of_two_exact[] = {"div", "log", "mod"};
  // The number of places is an integer.
  constexpr std::string_view with_places[] = {"round", "trunc"};
  // An array, and elements of it.
  constexpr std::string_view of_elements[] = {"array_append",  "array_position", "array_positions",
                                              "array_prepend", "array_remove",   "array_replace"};
  constexpr std::string_view of_floats[] = {"ceil", "ceiling", "degrees", "exp",  "floor", "ln",
                                            "log",  "radians", "round",   "sign", "sqrt",  "trunc"};
  std::vector<ast::Expr>& arguments = call.arguments;
  const std::string& name = call.name.name;
  const auto is_integer = [&](const ast::Expr& one) { return type_of(types.of(one)) == Type::integer; };
  if (contains(only_of_floats, name)) {
    bool changed = false;
    for (ast::Expr& one : arguments) changed = (is_exact(type_of(types.of(one))) && to_float(one)) || changed;
    return changed ? Computed::as_float : Computed::as_before;
  }
  if (contains(of_two_exact, name) && arguments.size() == 2) {
    const bool both = is_integer(arguments[0]) && is_integer(arguments[1]);
    const bool exact = is_exact(type_of(types.of(arguments[0]))) && is_exact(type_of(types.of(arguments[1])));
    // The remainder of two integers is one.
    if (!exact || (both && name == "mod")) return Computed::as_before;
    bool changed = false;
    for (ast::Expr& one : arguments) changed = (is_integer(one) && to_numeric(one)) || changed;
    return changed ? Computed::as_cast : Computed::as_before;
  }
  if (contains(with_places, name) && arguments.size() == 2) {
    if (!is_integer(arguments[0])) return Computed::as_before;
    cast_to(arguments[0], "numeric");
    return Computed::as_cast;
  }
  if (contains(of_elements, name)) return elements(call, types);
  if (name == "width_bucket" && arguments.size() == 4)
    return all_to_numeric({&arguments[0], &arguments[1], &arguments[2]}, types) ? Computed::as_cast
                                                                                : Computed::as_before;
  if ((name == "percentile_cont" || name == "percentile_disc") && call.modifiers &&
      call.modifiers->within_group && arguments.size() == 1)
    return percentile(call, types);
  if (contains(of_floats, call.name.name) && arguments.size() == 1 && is_integer(arguments[0])) {
    cast_to(arguments[0], "float8");
    return Computed::as_float;
  }
  if (!contains(powers, call.name.name) || arguments.size() != 2) return Computed::as_before;
  if (is_integer(arguments[0]) && is_integer(arguments[1])) {
    cast_to(arguments[0], "float8");
    cast_to(arguments[1], "float8");
    return Computed::power_as_float;
  }
  const std::vector<ast::Expr*> both = {&arguments[0], &arguments[1]};
  if (all_to_float(both, types)) return Computed::as_float;
  return all_to_numeric(both, types) ? Computed::as_cast : Computed::as_before;
}

}  // namespace pg2crdb::adapt
