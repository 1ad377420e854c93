#include "passes/adapt_expressions/arguments.h"

#include <algorithm>
#include <array>
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

/// What the value is in PostgreSQL.
ast::TypeName type_there(const ast::Expr& value, bind::ExpressionTypes& types) {
  if (is_exact_there(const_cast<ast::Expr&>(value), types)) return bind::own_type("numeric");
  const auto* operation = std::get_if<ast::Operation>(&value.node);
  const bool subtracts =
      operation != nullptr && operation->left && operation->op == std::vector<std::string>{"-"};
  if (subtracts && type_of(types.of(*operation->left)) == Type::date &&
      type_of(types.of(*operation->right)) == Type::date)
    return bind::own_type("int4");
  return types.of(value);
}

/// Of an integer; 0 of other types.
int width_of(const ast::TypeName& type) {
  if (type_of(type) != Type::integer) return 0;
  const std::string& name = type.name.name;
  constexpr int small = 2, medium = 4, large = 8;
  if (name == "int2" || name == "smallint") return small;
  return name == "int8" || name == "bigint" ? large : medium;
}

/// The type of an array's elements, or of what is none.
ast::TypeName element_of(ast::TypeName type) {
  type.array_bounds.clear();
  return type;
}

/// Whether a value is one of the type in PostgreSQL, becomes one, or may for all that is known of it.
bool takes(const Given& one, bind::ExpressionTypes& types) {
  const auto* literal = std::get_if<ast::Literal>(&one.value->node);
  if (literal != nullptr &&
      (literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::null))
    return true;
  const ast::TypeName given = type_there(*one.value, types);
  if (!given.empty() && given.array_bounds.empty() != one.parameter->type.array_bounds.empty())
    return type_of(given) == Type::unknown || type_of(one.parameter->type) == Type::unknown;
  const Type type = type_of(element_of(given)), parameter = type_of(element_of(one.parameter->type));
  if (type == Type::integer && parameter == Type::integer)
    return width_of(element_of(given)) <= width_of(element_of(one.parameter->type));
  return type == parameter || type == Type::unknown || parameter == Type::unknown || becomes(type, parameter);
}

/// Or an array of them.
bool is_number(const ast::TypeName& of) {
  const Type type = type_of(element_of(of));
  return type == Type::integer || type == Type::decimal || type == Type::floating;
}

bool needs_cast(const Given& one, bind::ExpressionTypes& types) {
  if (one.parameter->mode == Parameter::Mode::out || std::holds_alternative<ast::Literal>(one.value->node))
    return false;
  const Type type = type_of(types.of(*one.value)), parameter = type_of(one.parameter->type);
  return type != parameter && becomes(type, parameter);
}

/// Whether CockroachDB may think that a number is one of another type than PostgreSQL does: the sum of an
/// INT4 and a constant is an INT8 there, and so are a view's column of it and the variable of a loop; 1.5 is
/// of each type.
bool may_be_other_number(const Given& one, bind::ExpressionTypes& types) {
  if (one.parameter->mode == Parameter::Mode::out || !is_number(one.parameter->type) ||
      !is_number(types.of(*one.value)))
    return false;
  const bool is_declared = std::holds_alternative<ast::Parameter>(one.value->node) ||
                           std::holds_alternative<ast::Cast>(one.value->node);
  return !is_declared || !same_type(types.of(*one.value), one.parameter->type);
}

/// Whether overloads take other numbers for what is given, whatever a third one takes.
bool differ_in_numbers(const std::vector<std::vector<Given>>& all) {
  const size_t given = all.empty() ? 0 : all.front().size();
  for (size_t i = 0; i < given; ++i) {
    std::array<const ast::TypeName*, 2> number = {};  // the first, by whether it is one of arrays
    for (const std::vector<Given>& one : all) {
      const ast::TypeName& type = one[i].parameter->type;
      if (!is_number(type)) continue;
      const ast::TypeName*& first = number[type.array_bounds.empty() ? 0 : 1];
      if (first != nullptr && !same_type(type, *first)) return true;
      first = &type;
    }
  }
  return false;
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
    const bool is_exact = same_type(type_there(*one.value, types), one.parameter->type);
    rank.exact += is_exact ? 1 : 0;
    const ast::TypeName& type = one.parameter->type;
    const bool is_preferred = type.array_bounds.empty() && contains(preferred, type.name.name);
    rank.preferred += is_exact || is_preferred ? 1 : 0;
  }
  return rank;
}

/// What the overloads that may be called so are given, and which of them PostgreSQL takes.
struct Choice {
  std::vector<std::vector<Given>> all = {};
  size_t meant = 0;  ///< in `all`
  const ast::Statement* overload = nullptr;
  bool is_clear = false;
};

/// Nothing where one of them is not known.
std::optional<Choice> choose(ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
                             bind::ExpressionTypes& types) {
  Choice choice;
  Rank best;
  for (const ast::Statement* overload : overloads) {
    const auto* function = std::get_if<ast::CreateFunction>(&overload->node);
    if (function == nullptr) return std::nullopt;
    std::optional<std::vector<Given>> given = given_to(*function, call);
    if (!given) continue;
    choice.all.push_back(std::move(*given));
    const std::vector<Given>& its = choice.all.back();
    if (!std::ranges::all_of(its, [&](const Given& one) { return takes(one, types); })) continue;
    const Rank rank = rank_of(its, types);
    if (choice.overload != nullptr && rank == best) choice.is_clear = false;
    if (choice.overload != nullptr && rank <= best) continue;
    choice.is_clear = true;
    best = rank;
    choice.overload = overload;
    choice.meant = choice.all.size() - 1;
  }
  return choice;
}

}  // namespace

Meant meant_by(const ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
               bind::ExpressionTypes& types) {
  if (call.variadic) return {};
  const std::optional<Choice> choice = choose(const_cast<ast::FunctionCall&>(call), overloads, types);
  if (!choice) return {};
  return {choice->is_clear ? choice->overload : nullptr, choice->overload != nullptr};
}

const ast::FunctionParameter* parameter_of(const ast::FunctionCall& call, const ast::Expr& value,
                                           const std::vector<ast::Statement*>& overloads,
                                           bind::ExpressionTypes& types) {
  if (call.variadic) return nullptr;
  const std::optional<Choice> choice = choose(const_cast<ast::FunctionCall&>(call), overloads, types);
  if (!choice || !choice->is_clear) return nullptr;
  const std::vector<Given>& given = choice->all[choice->meant];
  const auto its = std::ranges::find(given, &value, &Given::value);
  return its == given.end() ? nullptr : its->parameter;
}

Arguments write_arguments_of(ast::FunctionCall& call, const std::vector<ast::Statement*>& overloads,
                             bind::ExpressionTypes& types) {
  if (call.variadic) return Arguments::as_before;
  const std::optional<Choice> choice = choose(call, overloads, types);
  if (!choice) return Arguments::as_before;
  const bool may_be_other = differ_in_numbers(choice->all);
  if (!choice->is_clear) return may_be_other ? Arguments::unclear : Arguments::as_before;
  bool changed = false;
  for (const Given& one : choice->all[choice->meant]) {
    if (type_of(one.parameter->type) == Type::decimal && is_exact_there(*one.value, types)) {
      make_exact(*one.value, types);
      changed = true;
      continue;
    }
    if (!needs_cast(one, types) && !(may_be_other && may_be_other_number(one, types))) continue;
    ast::TypeName type = one.parameter->type;
    type.modifiers.clear();
    type.offset = -1;
    *one.value = {ast::Cast{ast::Box<ast::Expr>(*one.value), std::move(type)}, one.value->offset};
    changed = true;
  }
  return changed ? Arguments::rewritten : Arguments::as_before;
}

}  // namespace pg2crdb::adapt
