#include "routines/constants.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/walk.h"
#include "support/ascii.h"
#include "target/quote.h"

namespace pg2crdb::routines {

namespace {

bool is_text_type(const ast::TypeName& type) {
  return type.array_bounds.empty() && type.modifiers.empty() &&
         (type.name.name == "text" || type.name.name == "name" || type.name.name == "varchar");
}

std::string in_quotes(const std::string& name) {
  std::string quoted = "\"";
  for (const char c : name) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + "\"";
}

/// format(): %s, %I, %L, %%, and which argument. Nothing of widths.
std::optional<std::string> formatted(const std::string& format, const std::vector<std::string>& arguments) {
  std::string result;
  size_t next = 0;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      result += format[i];
      continue;
    }
    size_t at = i + 1, number = 0;
    while (at < format.size() && is_digit(format[at]) && number < arguments.size())
      number = number * 10 + static_cast<size_t>(format[at++] - '0');
    const bool is_numbered = at > i + 1 && at < format.size() && format[at] == '$';
    if (is_numbered) ++at;
    if (at >= format.size() || (at > i + 1 && !is_numbered) || (is_numbered && number == 0))
      return std::nullopt;
    if (format[at] == '%' && !is_numbered) {
      result += '%';
      i = at;
      continue;
    }
    const size_t argument = is_numbered ? number - 1 : next;
    next = argument + 1;
    if (argument >= arguments.size()) return std::nullopt;
    if (format[at] == 's')
      result += arguments[argument];
    else if (format[at] == 'I')
      result += in_quotes(arguments[argument]);
    else if (format[at] == 'L')
      result += quote_literal(arguments[argument]);
    else
      return std::nullopt;
    i = at;
  }
  return result;
}

std::optional<std::string> text_of_call(const ast::FunctionCall& call, const ConstantOf& constant_of) {
  const bool is_known = (call.name.schema.empty() || call.name.schema == "pg_catalog") && !call.variadic &&
                        !call.modifiers && !call.arguments.empty();
  if (!is_known) return std::nullopt;
  std::vector<std::string> arguments;
  for (const ast::Expr& one : call.arguments) {
    std::optional<std::string> text = constant_text(one, constant_of);
    if (!text) return std::nullopt;
    arguments.push_back(std::move(*text));
  }
  const bool is_one = arguments.size() == 1;
  if (call.name.name == "quote_ident" && is_one) return in_quotes(arguments[0]);
  if ((call.name.name == "quote_literal" || call.name.name == "quote_nullable") && is_one)
    return quote_literal(arguments[0]);
  if (call.name.name == "concat") {
    std::string all;
    for (const std::string& one : arguments) all += one;
    return all;
  }
  if (call.name.name != "format") return std::nullopt;
  const std::string format = std::move(arguments[0]);
  arguments.erase(arguments.begin());
  return formatted(format, arguments);
}

/// Texts alone: a number beside one may be written in several ways.
std::optional<std::string> string_of(const ast::Expr& expr) {
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node))
    return is_text_type(cast->type) ? string_of(*cast->argument) : std::nullopt;
  const auto* literal = std::get_if<ast::Literal>(&expr.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string ? std::optional(literal->text)
                                                                           : std::nullopt;
}

std::optional<std::vector<std::string>> strings_of(const ast::Expr& list) {
  const std::vector<ast::Expr>* items = nullptr;
  if (const auto* array = std::get_if<ast::ArrayExpr>(&list.node)) items = &array->elements;
  if (const auto* written = std::get_if<ast::ExprList>(&list.node)) items = &written->items;
  std::vector<std::string> result;
  for (size_t i = 0; items != nullptr && i < items->size(); ++i) {
    std::optional<std::string> one = string_of((*items)[i]);
    if (!one) return std::nullopt;
    result.push_back(std::move(*one));
  }
  return items == nullptr ? std::nullopt : std::optional(std::move(result));
}

std::optional<bool> compared(const ast::Operation& operation) {
  using Kind = ast::Operation::Kind;
  const std::string op = operation.op.size() == 1 ? operation.op[0] : std::string();
  const std::optional<std::string> left =
      operation.left ? string_of(*operation.left) : std::optional<std::string>();
  if (!left || !operation.right) return std::nullopt;
  const bool equals = op == "=", differs = op == "<>" || op == "!=";
  if (!equals && !differs) return std::nullopt;
  const bool of_list = (operation.kind == Kind::in) || (operation.kind == Kind::any && equals) ||
                       (operation.kind == Kind::all && differs);
  if (of_list) {
    const std::optional<std::vector<std::string>> list = strings_of(*operation.right);
    if (!list) return std::nullopt;
    return (std::ranges::find(*list, *left) != list->end()) == equals;
  }
  const bool of_one =
      operation.kind == Kind::op || operation.kind == Kind::distinct || operation.kind == Kind::not_distinct;
  const std::optional<std::string> right = of_one ? string_of(*operation.right) : std::nullopt;
  if (!right) return std::nullopt;
  const bool wants_same = operation.kind == Kind::op ? equals : operation.kind == Kind::not_distinct;
  return (*left == *right) == wants_same;
}

/// Variables, constants, and whether those are equal: nothing that may fail or do something.
bool is_safe(const ast::Expr& expr) {
  using Kind = ast::Operation::Kind;
  if (const auto* test = std::get_if<ast::NullTest>(&expr.node)) return is_safe(*test->argument);
  if (const auto* all = std::get_if<ast::BoolExpr>(&expr.node))
    return std::ranges::all_of(all->arguments, is_safe);
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    const bool compares = operation->op.size() == 1 && (operation->op[0] == "=" || operation->op[0] == "<>");
    const bool is_plain = operation->kind == Kind::op || operation->kind == Kind::distinct ||
                          operation->kind == Kind::not_distinct;
    return compares && is_plain && operation->left && is_safe(*operation->left) && is_safe(*operation->right);
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node))
    return is_text_type(cast->type) && is_safe(*cast->argument);
  return std::holds_alternative<ast::ColumnRef>(expr.node) || std::holds_alternative<ast::Literal>(expr.node);
}

}  // namespace

std::optional<std::string> constant_text(const ast::Expr& expr, const ConstantOf& constant_of) {
  if (const auto* literal = std::get_if<ast::Literal>(&expr.node)) {
    const bool is_known =
        literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::integer;
    return is_known ? std::optional(literal->text) : std::nullopt;
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node))
    return is_text_type(cast->type) ? constant_text(*cast->argument, constant_of) : std::nullopt;
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return text_of_call(*call, constant_of);
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    const bool joins = operation->kind == ast::Operation::Kind::op && operation->left &&
                       operation->op == std::vector<std::string>{"||"};
    if (!joins) return std::nullopt;
    const std::optional<std::string> left = constant_text(*operation->left, constant_of);
    const std::optional<std::string> right = constant_text(*operation->right, constant_of);
    return left && right ? std::optional(*left + *right) : std::nullopt;
  }
  const ast::Expr* value = constant_of ? constant_of(expr) : nullptr;
  return value == nullptr ? std::nullopt : constant_text(*value, constant_of);
}

std::optional<bool> constant_truth(const ast::Expr& condition) {
  if (const auto* literal = std::get_if<ast::Literal>(&condition.node))
    return literal->kind == ast::Literal::Kind::boolean ? std::optional(literal->text == "true")
                                                        : std::nullopt;
  if (const auto* operation = std::get_if<ast::Operation>(&condition.node)) return compared(*operation);
  const auto* all = std::get_if<ast::BoolExpr>(&condition.node);
  if (all == nullptr) return std::nullopt;
  if (all->kind == ast::BoolExpr::Kind::negation) {
    const std::optional<bool> inner = constant_truth(all->arguments[0]);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  const bool decides = all->kind == ast::BoolExpr::Kind::disjunction;
  bool all_known = true, safe_before = true;
  for (const ast::Expr& one : all->arguments) {
    const std::optional<bool> known = constant_truth(one);
    if (known && *known == decides && safe_before) return decides;
    all_known = all_known && known;
    safe_before = safe_before && (known || is_safe(one));
  }
  return all_known ? std::optional(!decides) : std::nullopt;
}

}  // namespace pg2crdb::routines
