// Arguments by name, which CockroachDB does not have, by their places.
#include <algorithm>
#include <optional>
#include <utility>

#include "ast/signature.h"
#include "ast/walk.h"
#include "emit/sql.h"
#include "parser/parser.h"
#include "routines/conversion.h"
#include "routines/text_calls.h"

namespace pg2crdb::routines {

using namespace ast::plpgsql;

namespace {

bool is_named(const ast::Expr& argument) {
  return std::holds_alternative<ast::NamedArgument>(argument.node);
}

bool is_constant(const ast::Expr& expr) {
  const auto* cast = std::get_if<ast::Cast>(&expr.node);
  return cast != nullptr ? is_constant(*cast->argument) : std::holds_alternative<ast::Literal>(expr.node);
}

/// The arguments in the order of the parameters; nothing where the routine is not known, or one in the middle
/// is left to a default that only the place of the routine can compute.
std::optional<std::vector<ast::Expr>> in_order(const ast::Catalog& catalog, const ast::FunctionCall& call) {
  const std::vector<ast::Statement*> candidates = catalog.functions(call.name);
  const auto* function =
      candidates.size() == 1 ? std::get_if<ast::CreateFunction>(&candidates[0]->node) : nullptr;
  if (function == nullptr) return std::nullopt;
  std::vector<const ast::FunctionParameter*> parameters;
  for (const ast::FunctionParameter& one : function->parameters) {
    if (is_argument(one) || function->procedure) parameters.push_back(&one);
  }
  std::vector<std::optional<ast::Expr>> places(parameters.size());
  size_t last = 0, next = 0;
  for (const ast::Expr& argument : call.arguments) {
    size_t place = next++;
    const auto* named = std::get_if<ast::NamedArgument>(&argument.node);
    if (named != nullptr) {
      const auto found = std::ranges::find(parameters, named->name, &ast::FunctionParameter::name);
      place = static_cast<size_t>(found - parameters.begin());
    }
    if (place >= places.size() || places[place]) return std::nullopt;
    places[place] = named != nullptr ? *named->argument : argument;
    last = std::max(last, place + 1);
  }
  std::vector<ast::Expr> result;
  for (size_t i = 0; i < last; ++i) {
    if (!places[i]) {
      const ast::Box<ast::Expr>& standard = parameters[i]->default_value;
      if (!standard || !is_constant(*standard)) return std::nullopt;
      places[i] = *standard;
    }
    result.push_back(std::move(*places[i]));
  }
  return result;
}

bool order(Conversion& conversion, ast::Expr& expr) {
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (call == nullptr || std::ranges::none_of(call->arguments, is_named)) return false;
  std::optional<std::vector<ast::Expr>> arguments = in_order(conversion.routine.catalog, *call);
  if (arguments) call->arguments = std::move(*arguments);
  return arguments.has_value();
}

}  // namespace

void convert_arguments(Conversion& conversion) {
  constexpr std::string_view what = "arguments by name";
  ast::Visitor calls;
  calls.expr = [&](ast::Expr& expr) {
    if (order(conversion, expr)) conversion.note(what, expr.offset);
  };
  ast::walk(conversion.body, calls);
  each_part(conversion.body, [&](StaticSql& one) {
    auto* text = std::get_if<ast::Opaque>(&one.statement);
    constexpr std::string_view word = "CALL";
    if (text == nullptr) return;
    if (text->kind != word) {
      const auto is_looked_for = [](const std::string&, const std::string& inside) {
        return inside.find("=>") != std::string::npos || inside.find(":=") != std::string::npos;
      };
      const auto rewrite = [&](ast::Expr call) -> std::optional<ast::Expr> {
        return order(conversion, call) ? std::optional(std::move(call)) : std::nullopt;
      };
      if (rewrite_calls(text->text, is_looked_for, rewrite)) conversion.note(what, one.offset);
      return;
    }
    std::optional<ast::Expr> call = parse_expression(std::string_view(text->text).substr(word.size()));
    if (!call || !order(conversion, *call)) return;
    text->text = std::string(word) + " " + to_sql(*call, Dialect::postgresql);
    conversion.note(what, one.offset);
  });
}

}  // namespace pg2crdb::routines
