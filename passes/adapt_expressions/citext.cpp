#include "passes/adapt_expressions/citext.h"

#include <algorithm>
#include <string>
#include <utility>

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
  if (!built_in(call.name) || contains(of_any_type, call.name.name)) return Citext::as_before;
  // What is looked for may be written, or citext: a text makes all of it one.
  const auto is_text = [&](const ast::Expr& one) { return type_of(types.of(one)) == Type::text; };
  const bool as_text = std::any_of(
      call.arguments.begin(),
      call.arguments.begin() + static_cast<std::ptrdiff_t>(std::min<size_t>(2, call.arguments.size())),
      is_text);
  bool changed = false;
  for (ast::Expr& one : call.arguments) changed = to_text(one, types) || changed;
  if (!changed) return Citext::as_before;
  return as_text ? Citext::rewritten : own_function(expr);
}

/// Comparisons of citext with what is written go on, and are those of text beside text; patterns match
/// whatever the case.
Citext operation(ast::Operation& operation, bind::ExpressionTypes& types) {
  using Kind = ast::Operation::Kind;
  constexpr std::string_view comparisons[] = {"=", "<>", "!=", "<", "<=", ">", ">="};
  const bool is_list = operation.kind == Kind::any || operation.kind == Kind::all;
  const bool compares = operation.kind == Kind::op || operation.kind == Kind::distinct ||
                        operation.kind == Kind::not_distinct || is_list;
  if (!compares || operation.op.size() != 1 || !operation.left || !operation.right) return Citext::as_before;
  std::string& op = operation.op.back();
  const ast::TypeName left = types.of(*operation.left), right = types.of(*operation.right);
  const bool any_citext = type_of(left) == Type::citext || type_of(right) == Type::citext;
  if (is_list) {
    const bool is_text_array =
        right.array_bounds.size() == 1 &&
        (built_in(right.name) && (right.name.name == "text" || right.name.name == "varchar"));
    const bool is_citext_array = right.array_bounds.size() == 1 && right.name.name == "citext";
    if (type_of(left) == Type::citext && is_text_array)
      return to_text(*operation.left, types) ? Citext::rewritten : Citext::as_before;
    if (type_of(left) != Type::text || !is_citext_array) return Citext::as_before;
    cast_to(*operation.right, "text");
    std::get<ast::Cast>(operation.right->node).type.array_bounds = {-1};
    return Citext::rewritten;
  }
  if (!any_citext) return Citext::as_before;
  const bool matches = op == "~" || op == "!~" || op == "~*" || op == "!~*";
  const bool beside_text = type_of(left) == Type::text || type_of(right) == Type::text;
  if (!matches && op != "||" && !(beside_text && contains(comparisons, op))) return Citext::as_before;
  citext_to_text(operation, types);
  if (matches && type_of(left) == Type::citext && !op.ends_with('*')) op += '*';
  return Citext::rewritten;
}

}  // namespace

Citext write_citext(ast::Expr& expr, bind::ExpressionTypes& types) {
  if (std::holds_alternative<ast::FunctionCall>(expr.node)) return function(expr, types);
  auto* one = std::get_if<ast::Operation>(&expr.node);
  return one == nullptr ? Citext::as_before : operation(*one, types);
}

bool citext_to_text(ast::Operation& operation, bind::ExpressionTypes& types) {
  const bool left = to_text(*operation.left, types);
  return to_text(*operation.right, types) || left;
}

}  // namespace pg2crdb::adapt
