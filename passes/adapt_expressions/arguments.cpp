#include "passes/adapt_expressions/arguments.h"

#include <algorithm>
#include <compare>
#include <optional>

#include "passes/adapt_expressions/extracts.h"
#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

using Parameter = ast::FunctionParameter;

std::vector<const Parameter*> taken_by(const ast::CreateFunction& function) {
  std::vector<const Parameter*> taken;
  for (const Parameter& one : function.parameters) {
    const bool is_given =
        one.mode != Parameter::Mode::table && (one.mode != Parameter::Mode::out || function.procedure);
    if (is_given) taken.push_back(&one);
  }
  return taken;
}

/// A parameter with what is given for it.
struct Given {
  ast::Expr* value;
  const Parameter* parameter;
};

/// Nothing where the routine is not called so.
std::optional<std::vector<Given>> given_to(const ast::CreateFunction& function, ast::FunctionCall& call) {
  const std::vector<const Parameter*> taken = taken_by(function);
  std::vector<bool> is_given(taken.size());
  std::vector<Given> result;
  for (size_t i = 0; i < call.arguments.size(); ++i) {
    auto* named = std::get_if<ast::NamedArgument>(&call.arguments[i].node);
    size_t place = i;
    if (named != nullptr)
      place = static_cast<size_t>(
          std::ranges::find(taken, named->name,
                            [](const Parameter* one) -> const std::string& { return one->name; }) -
          taken.begin());
    if (place >= taken.size() || is_given[place]) return std::nullopt;
    is_given[place] = true;
    result.push_back({named != nullptr ? &*named->argument : &call.arguments[i], taken[place]});
  }
  for (size_t i = 0; i < taken.size(); ++i) {
    if (!is_given[i] && !taken[i]->default_value) return std::nullopt;
  }
  return result;
}

/// Whether a value is one of the type for both databases, or may be for all that is known of it.
bool fits(Type value, Type parameter) {
  return value == parameter || value == Type::unknown || parameter == Type::unknown;
}

/// What the value is in PostgreSQL.
Type type_there(const Given& one, bind::ExpressionTypes& types) {
  return is_exact_there(*one.value, types) ? Type::decimal : type_of(types.of(*one.value));
}

bool needs_cast(const Given& one, bind::ExpressionTypes& types) {
  if (one.parameter->mode == Parameter::Mode::out || std::holds_alternative<ast::Literal>(one.value->node))
    return false;
  const Type type = type_of(types.of(*one.value)), parameter = type_of(one.parameter->type);
  return type != parameter && becomes(type, parameter);
}

/// Of several overloads PostgreSQL takes the one with most arguments of its own types, then the one that is
/// given most as a preferred type of theirs.
struct Rank {
  size_t exact = 0;
  size_t preferred = 0;
  auto operator<=>(const Rank&) const = default;
};

Rank rank_of(const std::vector<Given>& given, bind::ExpressionTypes& types) {
  constexpr std::string_view preferred[] = {"float8", "interval", "text", "timestamptz"};
  Rank rank;
  for (const Given& one : given) {
    const bool is_exact = same_type(types.of(*one.value), one.parameter->type);
    rank.exact += is_exact ? 1 : 0;
    rank.preferred += is_exact || contains(preferred, one.parameter->type.name.name) ? 1 : 0;
  }
  return rank;
}

}  // namespace

bool write_arguments_of(ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
                        bind::ExpressionTypes& types) {
  if (call.variadic) return false;
  std::optional<std::vector<Given>> meant;
  Rank best;
  bool is_clear = false;
  for (const ast::Statement* overload : overloads) {
    const auto* function = std::get_if<ast::CreateFunction>(&overload->node);
    if (function == nullptr) return false;
    std::optional<std::vector<Given>> given = given_to(*function, call);
    if (!given) continue;
    const bool takes_all = std::ranges::all_of(*given, [&](const Given& one) {
      const Type type = type_there(one, types), parameter = type_of(one.parameter->type);
      return fits(type, parameter) || becomes(type, parameter) ||
             std::holds_alternative<ast::Literal>(one.value->node);
    });
    if (!takes_all) continue;
    const Rank rank = rank_of(*given, types);
    if (meant && rank == best) is_clear = false;
    if (meant && rank <= best) continue;
    is_clear = true;
    best = rank;
    meant = std::move(given);
  }
  if (!is_clear) return false;
  bool changed = false;
  for (const Given& one : *meant) {
    if (type_of(one.parameter->type) == Type::decimal && is_exact_there(*one.value, types)) {
      make_exact(*one.value, types);
      changed = true;
      continue;
    }
    if (!needs_cast(one, types)) continue;
    ast::TypeName type = one.parameter->type;
    type.modifiers.clear();
    type.offset = -1;
    *one.value = {ast::Cast{ast::Box<ast::Expr>(*one.value), std::move(type)}, one.value->offset};
    changed = true;
  }
  return changed;
}

}  // namespace pg2crdb::adapt
