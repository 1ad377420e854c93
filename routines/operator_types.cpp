// What operators of PostgreSQL's own give, by the types at their sides. pg_operator of PostgreSQL 15; where
// no operator takes just those two, the one that its rules of conversion choose.
#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "routines/function_types.h"

namespace pg2crdb::routines {

namespace {

using Names = std::initializer_list<std::string_view>;

bool has(Names names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

bool is_text(const KnownType& type) {
  return is_type(type, {"text", "varchar"});
}
bool is_array(const KnownType& type) {
  return type && type->array_bounds.size() == 1;
}

/// What `||` makes a text of, where a text stands at the other side.
bool is_written_behind(const KnownType& type) {
  return type && type->array_bounds.empty() && !is_type(type, {"bit", "bytea", "jsonb", "varbit"});
}

/// Of two numbers the type that both become: the one that stands behind here.
KnownType wider(const KnownType& left, const KnownType& right) {
  constexpr std::array<std::string_view, 6> numbers = {"int2", "int4", "int8", "numeric", "float4", "float8"};
  if (!left || !right || !left->array_bounds.empty() || !right->array_bounds.empty()) return std::nullopt;
  const auto one = std::ranges::find(numbers, left->name.name);
  const auto other = std::ranges::find(numbers, right->name.name);
  if (one == numbers.end() || other == numbers.end()) return std::nullopt;
  const std::string_view last = *std::max(one, other);
  // Beside a float4 only another one stays one.
  const bool is_double = last == "float4" && *one != *other;
  return built_in_type(std::string(is_double ? "float8" : last));
}

/// A time and how long after or before it; times between times; intervals that are several times as long.
KnownType of_times(std::string_view op, const KnownType& left, const KnownType& right) {
  const bool adds = op == "+", moves = adds || op == "-";
  const auto are = [&](Names one, Names other) { return is_type(left, one) && is_type(right, other); };
  if (are({"date"}, {"date"})) return op == "-" ? KnownType(built_in_type("int4")) : std::nullopt;
  if (moves && are({"date"}, {"int2", "int4"})) return left;
  if (adds && are({"int2", "int4"}, {"date"})) return right;
  if (moves && are({"date"}, {"interval"})) return built_in_type("timestamp");
  if (adds && are({"interval"}, {"date"})) return built_in_type("timestamp");
  if (adds && (are({"date"}, {"time"}) || are({"time"}, {"date"}))) return built_in_type("timestamp");
  if (moves && are({"timestamp", "timestamptz", "time", "interval"}, {"interval"})) return left;
  if (adds && are({"interval"}, {"timestamp", "timestamptz", "time"})) return right;
  const bool any_moment =
      is_type(left, {"timestamp", "timestamptz"}) || is_type(right, {"timestamp", "timestamptz"});
  const bool both_moments = any_moment && is_type(left, {"date", "timestamp", "timestamptz"}) &&
                            is_type(right, {"date", "timestamp", "timestamptz"});
  if (op == "-" && (both_moments || are({"time"}, {"time"}))) return built_in_type("interval");
  if ((op == "*" || op == "/") && are({"interval"}, {"int2", "int4", "int8", "numeric", "float4", "float8"}))
    return left;
  return op == "*" && are({"int2", "int4", "int8", "numeric", "float4", "float8"}, {"interval"})
             ? right
             : KnownType();
}

KnownType joined(const KnownType& left, const KnownType& right) {
  if ((is_text(left) && is_written_behind(right)) || (is_text(right) && is_written_behind(left)))
    return built_in_type("text");
  const bool same_element = left && right && left->name == right->name;
  if (same_element && is_array(left)) return left;
  if (same_element && is_array(right)) return right;
  return same_element && is_type(left, {"jsonb", "bytea"}) ? left : KnownType();
}

}  // namespace

KnownType type_of_either(const KnownType& left, const KnownType& right) {
  if (is_text(left) && is_text(right)) return built_in_type("text");
  return is_type(left, {"float4"}) || is_type(right, {"float4"}) ? KnownType() : wider(left, right);
}

KnownType type_of_sign(std::string_view op, KnownType operand) {
  const bool is_number =
      is_type(operand, {"int2", "int4", "int8", "numeric", "float4", "float8", "interval"});
  return (op == "-" || (op == "+" && !is_type(operand, {"interval"}))) && is_number
             ? without_modifiers(std::move(operand))
             : KnownType();
}

KnownType type_of_operation(std::string_view op, KnownType left, KnownType right) {
  left = without_modifiers(std::move(left));
  right = without_modifiers(std::move(right));
  if (has({"=", "<>", "!=", "<", ">", "<=", ">=", "~", "~*", "!~", "!~*", "@>", "<@", "&&", "?", "?|", "?&",
           "@@"},
          op))
    return built_in_type("bool");
  if (op == "->>" || op == "#>>") return built_in_type("text");
  if (has({"->", "#>", "#-", "-"}, op) && is_type(left, {"jsonb"})) return left;
  if (op == "||") return joined(left, right);
  if (const KnownType time = of_times(op, left, right)) return time;
  const bool are_integers =
      is_type(left, {"int2", "int4", "int8"}) && is_type(right, {"int2", "int4", "int8"});
  // One of integers that is not written `//` gives a decimal in CockroachDB.
  if (op == "/" && are_integers) return std::nullopt;
  if (has({"+", "-", "*", "/"}, op) || (op == "//" && are_integers)) return wider(left, right);
  const bool are_exact = is_type(left, {"int2", "int4", "int8", "numeric"}) &&
                         is_type(right, {"int2", "int4", "int8", "numeric"});
  if (op == "%" && are_exact) return wider(left, right);
  if (has({"&", "|", "#"}, op) && are_integers) return wider(left, right);
  if ((op == "<<" || op == ">>") && are_integers) return left;
  return op == "^" && (is_type(left, {"float4", "float8"}) || is_type(right, {"float4", "float8"})) &&
                 wider(left, right)
             ? KnownType(built_in_type("float8"))
             : KnownType();
}

}  // namespace pg2crdb::routines
