#include "passes/adapt_expressions/citext.h"

#include <algorithm>
#include <string>
#include <utility>

#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/types.h"
#include "support/ascii.h"

namespace pg2crdb::adapt {
namespace {

bool is_citext(const ast::Expr& expr, bind::ExpressionTypes& types) {
  return type_of(types.of(expr)) == Type::citext;
}

bool to_text(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (!is_citext(expr, types)) return false;
  cast_to(expr, "text");
  return true;
}

/// A written string, which stands for citext beside citext; null where it is something else.
ast::Literal* written(ast::Expr& expr) {
  auto* literal = std::get_if<ast::Literal>(&expr.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string ? literal : nullptr;
}

bool is_ascii(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 128; });
}

bool has_letters(const std::string& text) {
  return !is_ascii(text) || lower(text) != text ||
         std::ranges::any_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

/// A pattern that matches just that text.
std::string escaped(const std::string& text) {
  std::string pattern;
  for (const char c : text) {
    if (std::string_view(".^$*+?()[]{}|\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

ast::Expr text_literal(std::string text) {
  return {ast::Literal{ast::Literal::Kind::string, std::move(text)}, -1};
}

/// The flags of a regular expression with that of no case, but where they have one for it.
bool ignore_case(std::vector<ast::Expr>& arguments, size_t flags) {
  if (arguments.size() <= flags) {
    arguments.push_back(text_literal("i"));
    return true;
  }
  ast::Literal* given = written(arguments[flags]);
  if (given == nullptr) return false;
  if (given->text.find('c') == std::string::npos && given->text.find('i') == std::string::npos)
    given->text += 'i';
  return true;
}

/// `from` is replaced in whichever case, by a regular expression where it has letters.
Citext replace(ast::FunctionCall& call) {
  ast::Literal* from = written(call.arguments[1]);
  ast::Literal* to = written(call.arguments[2]);
  if (from == nullptr || !is_ascii(from->text)) return Citext::unclear;
  if (!has_letters(from->text)) return Citext::rewritten;
  if (to == nullptr || to->text.find('\\') != std::string::npos) return Citext::unclear;
  from->text = escaped(from->text);
  call.name.name = "regexp_replace";
  call.arguments.push_back(text_literal("gi"));
  return Citext::rewritten;
}

/// The extension's gives NULL where there is no such part: an element of an array.
Citext split_part(ast::Expr& expr) {
  auto& call = std::get<ast::FunctionCall>(expr.node);
  ast::Literal* delimiter = written(call.arguments[1]);
  if (delimiter == nullptr || delimiter->text.empty() || !is_ascii(delimiter->text)) return Citext::unclear;
  ast::Step place;
  place.kind = ast::Step::Kind::index;
  place.lower = std::move(call.arguments[2]);
  call.arguments.pop_back();
  if (has_letters(delimiter->text)) call.arguments.push_back(text_literal("i"));
  delimiter->text = escaped(delimiter->text);
  call.name.name = "regexp_split_to_array";
  ast::Indirection part;
  part.argument = ast::Expr{std::move(call), expr.offset};
  part.steps.push_back(std::move(place));
  expr.node = std::move(part);
  return Citext::rewritten;
}

/// Of the functions that the extension has of its own; those of two arguments or more are meant where none of
/// the first two is a text.
Citext own_function(ast::Expr& expr) {
  auto& call = std::get<ast::FunctionCall>(expr.node);
  const std::string& name = call.name.name;
  std::vector<ast::Expr>& arguments = call.arguments;
  if (name == "strpos" && arguments.size() == 2) {
    for (ast::Expr& one : arguments) {
      if (ast::Literal* literal = written(one); literal != nullptr && is_ascii(literal->text)) {
        literal->text = lower(literal->text);
        continue;
      }
      ast::FunctionCall lowered;
      lowered.name.name = "lower";
      lowered.arguments.push_back(std::move(one));
      one = ast::Expr{std::move(lowered), -1};
    }
    return Citext::rewritten;
  }
  if (name == "replace" && arguments.size() == 3) return replace(call);
  if (name == "split_part" && arguments.size() == 3) return split_part(expr);
  if (name == "translate" && arguments.size() == 3) {
    const ast::Literal* from = written(arguments[1]);
    return from == nullptr || has_letters(from->text) ? Citext::unclear : Citext::rewritten;
  }
  if (name == "regexp_replace" && (arguments.size() == 3 || arguments.size() == 4))
    return ignore_case(arguments, 3) ? Citext::rewritten : Citext::unclear;
  if ((name == "regexp_split_to_array" || name == "regexp_split_to_table") && arguments.size() >= 2)
    return ignore_case(arguments, 2) ? Citext::rewritten : Citext::unclear;
  return Citext::rewritten;
}

/// Functions of PostgreSQL take citext as a text, but those that take any type.
Citext function(ast::Expr& expr, bind::ExpressionTypes& types) {
  constexpr std::string_view of_any_type[] = {"array_agg",
                                              "count",
                                              "first_value",
                                              "json_agg",
                                              "json_build_array",
                                              "json_build_object",
                                              "json_object_agg",
                                              "jsonb_agg",
                                              "jsonb_build_array",
                                              "jsonb_build_object",
                                              "jsonb_object_agg",
                                              "lag",
                                              "last_value",
                                              "lead",
                                              "max",
                                              "min",
                                              "nth_value",
                                              "num_nonnulls",
                                              "num_nulls",
                                              "pg_typeof",
                                              "to_json",
                                              "to_jsonb"};
  auto& call = std::get<ast::FunctionCall>(expr.node);
  const bool has_default =
      (call.name.name == "lag" || call.name.name == "lead") && call.arguments.size() == 3;
  if (built_in(call.name) && has_default)
    return write_one_type({&call.arguments[0], &call.arguments[2]}, types) ? Citext::rewritten
                                                                           : Citext::as_before;
  if (!built_in(call.name) || contains(of_any_type, call.name.name)) return Citext::as_before;
  // What is looked for may be written, or citext: a text makes all of it one.
  const auto is_known_text = [&](const ast::Expr& one) { return type_of(types.of(one)) == Type::text; };
  const bool as_text = std::any_of(
      call.arguments.begin(),
      call.arguments.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(2, call.arguments.size())),
      is_known_text);
  bool changed = false;
  for (ast::Expr& one : call.arguments) changed = to_text(one, types) || changed;
  if (!changed) return Citext::as_before;
  return as_text ? Citext::rewritten : own_function(expr);
}

/// A text or name, which PostgreSQL compares citext with as text.
bool is_text(const ast::Expr& expr, bind::ExpressionTypes& types) {
  constexpr std::string_view names[] = {"CURRENT_CATALOG", "CURRENT_ROLE", "CURRENT_SCHEMA",
                                        "CURRENT_USER",    "SESSION_USER", "USER"};
  if (const auto* value = std::get_if<ast::ValueFunction>(&expr.node)) return contains(names, value->keyword);
  const ast::TypeName type = types.of(expr);
  const bool is_name = built_in(type.name) && type.name.name == "name" && type.array_bounds.empty();
  return is_name || type_of(type) == Type::text;
}

bool is_bare_text(const ast::Expr& expr) {
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  return literal != nullptr &&
         (literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::null);
}

/// Bare strings alone make an array of texts.
bool is_text_array(const ast::Expr& expr, bind::ExpressionTypes& types) {
  constexpr std::string_view of_parts[] = {"regexp_split_to_array", "string_to_array"};
  if (const auto* array = std::get_if<ast::ArrayExpr>(&expr.node);
      array != nullptr && std::ranges::all_of(array->elements, is_bare_text))
    return true;
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node); call != nullptr && built_in(call->name))
    return contains(of_parts, call->name.name);
  ast::TypeName element = types.of(expr);
  if (element.array_bounds.size() != 1) return false;
  element.array_bounds.clear();
  return type_of(element) == Type::text || (built_in(element.name) && element.name.name == "name");
}

bool is_pattern_operator(std::string_view op) {
  constexpr std::string_view operators[] = {"~", "!~", "~*", "!~*", "~~", "!~~", "~~*", "!~~*"};
  return contains(operators, op);
}

/// `left op ANY (array)`.
Citext list(ast::Operation& operation, bind::ExpressionTypes& types) {
  std::string& op = operation.op.back();
  const ast::TypeName right = types.of(*operation.right);
  const bool is_citext_array = right.array_bounds.size() == 1 && right.name.name == "citext";
  const bool matches = is_pattern_operator(op);
  const auto array_to_text = [&] {
    cast_to(*operation.right, "text");
    std::get<ast::Cast>(operation.right->node).type.array_bounds = {-1};
  };
  if (is_citext(*operation.left, types)) {
    if (!matches && !is_text_array(*operation.right, types)) return Citext::as_before;
    to_text(*operation.left, types);
    if (is_citext_array) array_to_text();
    if (matches && !op.ends_with('*')) op += '*';
    return Citext::rewritten;
  }
  if (!is_citext_array || !is_text(*operation.left, types)) return Citext::as_before;
  array_to_text();
  return Citext::rewritten;
}

/// Rows are compared field by field.
Citext rows(ast::RowExpr& left, ast::RowExpr& right, bind::ExpressionTypes& types) {
  bool changed = false;
  for (size_t i = 0; i < std::min(left.elements.size(), right.elements.size()); ++i) {
    ast::Expr &one = left.elements[i], &other = right.elements[i];
    if (is_text(other, types)) changed = to_text(one, types) || changed;
    if (is_text(one, types)) changed = to_text(other, types) || changed;
  }
  return changed ? Citext::rewritten : Citext::as_before;
}

/// Comparisons of citext with what is written go on, and are those of text beside text; patterns match
/// whatever the case.
Citext operation(ast::Operation& operation, bind::ExpressionTypes& types) {
  using Kind = ast::Operation::Kind;
  constexpr std::string_view comparisons[] = {"=", "<>", "!=", "<", "<=", ">", ">="};
  if (!operation.left || !operation.right || operation.op.empty()) return Citext::as_before;
  const bool is_of_text = operation.op.size() == 2 && operation.op.front() == "pg_catalog";
  if (operation.op.size() > 1 && !is_of_text) return Citext::as_before;
  const bool any_citext = is_citext(*operation.left, types) || is_citext(*operation.right, types);
  if (operation.kind == Kind::similar) return any_citext ? Citext::unclear : Citext::as_before;
  if (operation.kind == Kind::any || operation.kind == Kind::all)
    return is_of_text ? Citext::as_before : list(operation, types);
  if (operation.kind != Kind::op && operation.kind != Kind::distinct && operation.kind != Kind::not_distinct)
    return Citext::as_before;
  std::string& op = operation.op.back();
  auto* left_row = std::get_if<ast::RowExpr>(&operation.left->node);
  auto* right_row = std::get_if<ast::RowExpr>(&operation.right->node);
  if (left_row != nullptr && right_row != nullptr && contains(comparisons, op))
    return rows(*left_row, *right_row, types);
  if (!any_citext) return Citext::as_before;
  const bool matches = is_pattern_operator(op);
  const bool beside_text = is_of_text || is_text(*operation.left, types) || is_text(*operation.right, types);
  if (!matches && op != "||" && !(beside_text && contains(comparisons, op))) return Citext::as_before;
  const bool ignores = ignores_case(operation, types);
  citext_to_text(operation, types);
  if (matches && ignores && !op.ends_with('*')) op += '*';
  return Citext::rewritten;
}

/// `CASE value WHEN ..` compares the value with each as `=` would.
Citext choice(ast::Case& choice, bind::ExpressionTypes& types) {
  if (!choice.argument) return Citext::as_before;
  const bool of_citext = is_citext(*choice.argument, types), of_text = is_text(*choice.argument, types);
  const bool is_mixed = std::ranges::any_of(choice.whens, [&](const ast::CaseWhen& when) {
    return (of_citext && is_text(*when.condition, types)) || (of_text && is_citext(*when.condition, types));
  });
  if (!is_mixed) return Citext::as_before;
  if (!std::holds_alternative<ast::ColumnRef>(choice.argument->node)) return Citext::unclear;
  for (ast::CaseWhen& when : choice.whens) {
    ast::Operation equal;
    equal.op = {"="};
    equal.left = choice.argument;
    equal.right = when.condition;
    operation(equal, types);
    when.condition = ast::Expr{std::move(equal), when.condition->offset};
  }
  choice.argument = {};
  return Citext::rewritten;
}

}  // namespace

Citext write_citext(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (std::holds_alternative<ast::FunctionCall>(expr.node)) return function(expr, types);
  if (auto* one = std::get_if<ast::Case>(&expr.node)) return choice(*one, types);
  auto* one = std::get_if<ast::Operation>(&expr.node);
  return one == nullptr ? Citext::as_before : operation(*one, types);
}

bool ignores_case(const ast::Operation& operation, bind::ExpressionTypes& types) {
  const bool is_of_text = operation.op.size() > 1 && operation.op.front() == "pg_catalog";
  return !is_of_text && (is_citext(*operation.left, types) || is_bare_text(*operation.left));
}

bool citext_to_text(ast::Operation& operation, bind::ExpressionTypes& types) {
  const bool left = to_text(*operation.left, types);
  return to_text(*operation.right, types) || left;
}

}  // namespace pg2crdb::adapt
