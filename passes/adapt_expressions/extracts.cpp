#include "passes/adapt_expressions/extracts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "ast/walk.h"
#include "passes/adapt_expressions/quotients.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

bool is_exact(Type type) {
  return type == Type::decimal || type == Type::integer;
}

/// Null where it is another expression.
const ast::FunctionCall* extract_in(const ast::Expr& expr) {
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  const bool is_extract =
      call != nullptr && call->sql_syntax && call->name.name == "extract" && call->arguments.size() == 2;
  return is_extract ? call : nullptr;
}

/// How many places its text has; empty where that is not known.
std::string places_of(const ast::FunctionCall& extract, bind::ExpressionTypes& types) {
  constexpr std::string_view seconds[] = {"second", "seconds"};
  constexpr std::string_view milliseconds[] = {"millisecond", "milliseconds"};
  const ast::Literal* field = string_literal(extract.arguments[0]);
  if (field == nullptr) return {};
  if (contains(seconds, field->text)) return "6";
  if (contains(milliseconds, field->text)) return "3";
  const Type of = type_of(types.of(extract.arguments[1]));
  if (field->text == "epoch" && of == Type::unknown) return {};
  return field->text == "epoch" && of != Type::date ? "6" : "0";
}

/// Whether a float's text is that of the exact number: a small one without fractions.
bool is_small(const ast::FunctionCall& extract) {
  constexpr std::string_view large[] = {"epoch",       "julian",       "microsecond", "microseconds",
                                        "millisecond", "milliseconds", "second",      "seconds"};
  const ast::Literal* field = string_literal(extract.arguments[0]);
  return field != nullptr && !contains(large, field->text);
}

/// A pass wrote it, which made a float of an exact number beside one.
bool is_made_float(const ast::Cast& cast) {
  return cast.type.offset < 0 && cast.type.array_bounds.empty() && cast.type.name.name == "float8";
}

/// The values that an expression gives one of, or computes with; none where it is no such expression.
std::vector<ast::Expr*> operands(ast::Expr& expr) {
  constexpr std::string_view signs[] = {"+", "-", "*", "/", "%"};
  constexpr std::string_view of_one[] = {"abs", "ceil", "ceiling", "floor", "round", "trunc"};
  std::vector<ast::Expr*> values = choices(expr);
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    const bool computes = operation->kind == ast::Operation::Kind::op && operation->op.size() == 1 &&
                          contains(signs, operation->op[0]);
    if (!computes && operation->kind != ast::Operation::Kind::nullif) return {};
    if (operation->left) values.push_back(&*operation->left);
    values.push_back(&*operation->right);
  } else if (auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
    ast::Query& query = *subquery->query;
    const bool gives_one = subquery->kind == ast::Subquery::Kind::scalar && query.targets.size() == 1;
    if (gives_one && query.group_by.empty() && !query.distinct) values.push_back(&*query.targets[0].expr);
  } else if (auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    const auto* cast = call->arguments.empty() ? nullptr : std::get_if<ast::Cast>(&call->arguments[0].node);
    const bool is_float = cast != nullptr && is_made_float(*cast);  // of an integer, in PostgreSQL too
    if (built_in(call->name) && contains(of_one, call->name.name) && !call->arguments.empty() && !is_float)
      values.push_back(&call->arguments[0]);
  }
  return values;
}

enum class Source { something_else, exact, extract };

/// What it is computed of, in PostgreSQL.
Source source_of(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (extract_in(expr) != nullptr) return Source::extract;
  if (std::holds_alternative<ast::Literal>(expr.node)) return Source::exact;
  auto* cast = std::get_if<ast::Cast>(&expr.node);
  if (cast != nullptr && is_made_float(*cast)) return source_of(*cast->argument, types);
  const std::vector<ast::Expr*> parts = operands(expr);
  if (parts.empty()) return is_exact(type_of(types.of(expr))) ? Source::exact : Source::something_else;
  Source result = Source::exact;
  for (ast::Expr* part : parts) {
    const Source one = source_of(*part, types);
    if (one == Source::something_else) return one;
    if (one == Source::extract) result = one;
  }
  return result;
}

/// Whether its value may have fractions, or be as large as a float's text is written with an exponent.
bool is_plain(ast::Expr& expr) {
  if (const ast::FunctionCall* extract = extract_in(expr)) return is_small(*extract);
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  if (literal != nullptr) return literal->kind != ast::Literal::Kind::decimal;
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation != nullptr && operation->op.size() == 1 &&
      (operation->op[0] == "*" || operation->op[0] == "/"))
    return false;
  return std::ranges::all_of(operands(expr), [](ast::Expr* part) { return is_plain(*part); });
}

}  // namespace

bool is_exact_there(ast::Expr& expr, bind::ExpressionTypes& types) {
  return source_of(expr, types) == Source::extract;
}

void make_exact(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (const ast::FunctionCall* extract = extract_in(expr)) {
    const std::string places = places_of(*extract, types);
    cast_to(expr, "numeric");
    if (!places.empty()) std::get<ast::Cast>(expr.node).type.modifiers = {"30", places};
    return;
  }
  auto* cast = std::get_if<ast::Cast>(&expr.node);
  if (cast != nullptr && is_made_float(*cast)) {
    ast::Expr exact = std::move(*cast->argument);
    expr = std::move(exact);
  }
  for (ast::Expr* part : operands(expr)) {
    if (source_of(*part, types) == Source::extract || std::holds_alternative<ast::Cast>(part->node))
      make_exact(*part, types);
  }
}

namespace {

/// Whether it was a float.
bool write_exact(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (is_plain(expr) || source_of(expr, types) != Source::extract) return false;
  make_exact(expr, types);
  return true;
}

}  // namespace

Computed write_rounding(ast::Expr& expr, bind::ExpressionTypes& types) {
  ast::Expr* rounded = nullptr;
  auto* cast = std::get_if<ast::Cast>(&expr.node);
  auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  if (cast != nullptr && type_of(cast->type) == Type::integer) rounded = &*cast->argument;
  if (call != nullptr && call->name.name == "round" && built_in(call->name) && !call->arguments.empty())
    rounded = &call->arguments[0];
  return rounded != nullptr && write_exact(*rounded, types) ? Computed::as_exact : Computed::as_before;
}

Computed write_assigned(ast::Expr& expr, const ast::TypeName& to, bind::ExpressionTypes& types) {
  const Type type = type_of(to);
  if ((type != Type::text && !is_exact(type)) || !write_exact(expr, types)) return Computed::as_before;
  return type == Type::text ? Computed::as_written_number : Computed::as_exact;
}

Computed write_texts(ast::Expr& expr, bind::ExpressionTypes& types) {
  bool changed = false;
  for (ast::Expr* one : written_values(expr)) changed = write_exact(*one, types) || changed;
  return changed ? Computed::as_written_number : Computed::as_before;
}

}  // namespace pg2crdb::adapt
