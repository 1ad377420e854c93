#include "passes/adapt_expressions/one_type.h"

#include <string>

namespace pg2crdb::adapt {
namespace {

/// From each to those behind it.
constexpr Type moments[] = {Type::date, Type::timestamp, Type::timestamptz};
constexpr Type clocks[] = {Type::time, Type::timetz};
constexpr Type texts[] = {Type::citext, Type::text};
constexpr Type numbers[] = {Type::integer, Type::decimal, Type::floating};

template <class Types>
bool is_before(const Types& types, Type left, Type right) {
  const auto* from = std::ranges::find(types, left);
  return from != std::end(types) && std::find(from + 1, std::end(types), right) != std::end(types);
}

std::string_view name_of(Type type) {
  switch (type) {
    case Type::timestamp:
      return "timestamp";
    case Type::timestamptz:
      return "timestamptz";
    case Type::timetz:
      return "timetz";
    default:
      return "text";
  }
}

bool beside(Type left, Type right) {
  return is_before(moments, left, right) || is_before(clocks, left, right) || is_before(texts, left, right);
}

}  // namespace

bool becomes(Type from, Type to) {
  return beside(from, to) || is_before(numbers, from, to) || (from == Type::time && to == Type::interval);
}

std::string_view one_type(Type left, Type right) {
  if (beside(left, right)) return name_of(right);
  return beside(right, left) ? name_of(left) : std::string_view();
}

bool write_one_type(const std::vector<ast::Expr*>& values, bind::ExpressionTypes& types) {
  std::vector<Type> given, kinds;  // a list may be long, and has few kinds
  for (const ast::Expr* value : values) {
    given.push_back(type_of(types.of(*value)));
    if (std::ranges::find(kinds, given.back()) == kinds.end()) kinds.push_back(given.back());
  }
  bool changed = false;
  for (size_t i = 0; i < values.size(); ++i) {
    Type meant = given[i];
    for (const Type other : kinds) meant = beside(meant, other) ? other : meant;
    if (meant == given[i]) continue;
    cast_to(*values[i], name_of(meant));
    changed = true;
  }
  return changed;
}

bool write_joined(ast::Operation& operation, bind::ExpressionTypes& types, const ast::Catalog& catalog) {
  if (operation.op.size() != 1 || operation.op[0] != "||" || !operation.left || !operation.right)
    return false;
  bool changed = false;
  for (ast::Expr* side : {&*operation.left, &*operation.right}) {
    const ast::TypeName type = types.of(*side);
    if (!type.array_bounds.empty() || type.empty() || catalog.enum_type(type.name) == nullptr) continue;
    cast_to(*side, "text");
    changed = true;
  }
  return changed;
}

}  // namespace pg2crdb::adapt
