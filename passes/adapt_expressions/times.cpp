#include "passes/adapt_expressions/times.h"

#include <algorithm>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool cast(ast::Expr& value, std::string_view type) {
  cast_to(value, type);
  return true;
}

bool is_moment(Type type) {
  return type == Type::timestamp || type == Type::timestamptz;
}

std::string_view name_of(Type moment) {
  return moment == Type::timestamp ? "timestamp" : "timestamptz";
}

/// Of what two functions have for timestamps and for timestamps with time zone PostgreSQL takes the one of an
/// argument's own type, the latter where that is none or both.
bool one_moment(std::vector<ast::Expr>& arguments, size_t count, bind::ExpressionTypes& types) {
  std::vector<Type> given;
  for (size_t i = 0; i < count; ++i) given.push_back(type_of(types.of(arguments[i])));
  const bool all_times =
      std::ranges::all_of(given, [](Type type) { return type == Type::date || is_moment(type); });
  if (!all_times) return false;
  const bool plain =
      std::ranges::count(given, Type::timestamp) > 0 && std::ranges::count(given, Type::timestamptz) == 0;
  const Type meant = plain ? Type::timestamp : Type::timestamptz;
  bool changed = false;
  for (size_t i = 0; i < count; ++i) {
    if (given[i] != meant) changed = cast(arguments[i], name_of(meant));
  }
  return changed;
}

/// A date is one of a time zone where a function has none of its own for it.
bool date_with_zone(ast::Expr& value, bind::ExpressionTypes& types) {
  return type_of(types.of(value)) == Type::date && cast(value, "timestamptz");
}

bool function(ast::FunctionCall& call, bind::ExpressionTypes& types) {
  const std::string& name = call.name.name;
  std::vector<ast::Expr>& arguments = call.arguments;
  if (!built_in(call.name)) return false;
  if (name == "age" && !arguments.empty()) return one_moment(arguments, arguments.size(), types);
  if (name == "generate_series" && arguments.size() == 3) return one_moment(arguments, 2, types);
  if (name == "timezone" && arguments.size() == 2) return date_with_zone(arguments[1], types);
  if (name == "date_trunc" && arguments.size() == 3) return date_with_zone(arguments[1], types);
  if (name == "sum" || name == "avg" || name == "to_char")
    return !arguments.empty() && type_of(types.of(arguments[0])) == Type::time &&
           cast(arguments[0], "interval");
  constexpr std::string_view of_float[] = {"pg_sleep", "setseed", "to_timestamp"};
  if (!contains(of_float, name) || arguments.size() != 1) return false;
  const Type type = type_of(types.of(arguments[0]));
  const bool is_written = std::holds_alternative<ast::Literal>(arguments[0].node);
  return (type == Type::integer || type == Type::decimal) && !is_written && cast(arguments[0], "float8");
}

bool operation(ast::Operation& operation, bind::ExpressionTypes& types) {
  if (!operation.right || operation.op.empty()) return false;
  if (!operation.left)
    return operation.op.back() == "-" && type_of(types.of(*operation.right)) == Type::time &&
           cast(*operation.right, "interval");
  const std::string& op = operation.op.back();
  const Type left = type_of(types.of(*operation.left));
  const Type right = type_of(types.of(*operation.right));
  if (op == "-" && is_moment(left) && right == Type::date) return cast(*operation.right, name_of(left));
  if (op == "-" && left == Type::date && is_moment(right)) return cast(*operation.left, name_of(right));
  if (op == "+" && is_moment(left) && right == Type::time) return cast(*operation.right, "interval");
  if (op == "+" && left == Type::time && is_moment(right)) return cast(*operation.left, "interval");
  const auto is_number = [](Type type) {
    return type == Type::integer || type == Type::decimal || type == Type::floating;
  };
  const bool scales = op == "*" || op == "/";
  const bool is_scaled =
      scales && left == Type::time && is_number(right) && cast(*operation.left, "interval");
  if (op == "*" && is_number(left) && right == Type::time) return cast(*operation.right, "interval");
  constexpr std::string_view comparisons[] = {"<", "<=", "<>", "=", ">", ">="};
  if (contains(comparisons, op) && left == Type::time && right == Type::interval)
    return cast(*operation.left, "interval");
  if ((op == "-" || contains(comparisons, op)) && left == Type::interval && right == Type::time)
    return cast(*operation.right, "interval");
  if (op == "-" && is_moment(left) && right == Type::time) return cast(*operation.right, "interval");
  if (op == "/" && (is_scaled || left == Type::interval) && right == Type::decimal)
    return cast(*operation.right, "float8");
  return is_scaled;
}

}  // namespace

bool write_times(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return function(*call, types);
  if (auto* one = std::get_if<ast::Operation>(&expr.node)) return operation(*one, types);
  return false;
}

}  // namespace pg2crdb::adapt
