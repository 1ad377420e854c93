#include "parser/constant_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using Text = std::optional<std::string>;

std::string in_quotes(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

/// As a name in SQL; nothing where it is none.
Text identifier(const std::string& name) {
  if (name.empty() || name.find('\0') != std::string::npos) return std::nullopt;
  const bool plain = !is_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '_';
  });
  std::string error;
  const auto tokens = plain ? transform::scan_sql(name, error) : std::nullopt;
  const bool stays = tokens && tokens->size() == 1 && !tokens->front().reserved;
  return stays ? name : in_quotes(name, '"');
}

/// Backslashes would need another form.
Text literal(const std::string& text) {
  if (text.find('\\') != std::string::npos) return std::nullopt;
  return in_quotes(text, '\'');
}

/// format(): the forms without width.
Text formatted(const std::vector<std::string>& arguments) {
  const std::string& form = arguments.front();
  std::string result;
  size_t next = 1;
  for (size_t i = 0; i < form.size(); ++i) {
    if (form[i] != '%') {
      result += form[i];
      continue;
    }
    size_t number = 0;
    size_t end = i + 1;
    while (end < form.size() && is_digit(form[end]) && number < 100)
      number = 10 * number + static_cast<size_t>(form[end++] - '0');
    const bool numbered = end > i + 1;
    if (numbered && (end == form.size() || form[end++] != '$')) return std::nullopt;
    if (end == form.size()) return std::nullopt;
    const char kind = form[end];
    i = end;
    if (kind == '%' && !numbered) {
      result += '%';
      continue;
    }
    const size_t place = numbered ? number : next;
    next = place + 1;
    if (place == 0 || place >= arguments.size()) return std::nullopt;
    // Whether a name has quotes matters inside of others only.
    const bool in_quotes = std::count(result.begin(), result.end(), '\'') % 2 != 0;
    const std::string& argument = arguments[place];
    const Text text = kind == 's'                 ? Text(argument)
                      : kind == 'L'               ? literal(argument)
                      : kind == 'I' && !in_quotes ? identifier(argument)
                                                  : Text();
    if (!text) return std::nullopt;
    result += *text;
  }
  return result;
}

Text of_call(const ast::FunctionCall& call) {
  if (!call.name.schema.empty() && call.name.schema != "pg_catalog") return std::nullopt;
  if (call.distinct || call.variadic || call.star || call.modifiers || call.arguments.empty())
    return std::nullopt;
  std::vector<std::string> arguments;
  for (const ast::Expr& one : call.arguments) {
    Text text = constant_text(one);
    if (!text) return std::nullopt;
    arguments.push_back(std::move(*text));
  }
  const std::string& name = call.name.name;
  if (name == "format") return formatted(arguments);
  if (name == "quote_ident" && arguments.size() == 1) return identifier(arguments[0]);
  if (name == "quote_literal" && arguments.size() == 1) return literal(arguments[0]);
  if (name != "concat") return std::nullopt;
  std::string result;
  for (const std::string& one : arguments) result += one;
  return result;
}

}  // namespace

std::optional<std::string> constant_text(const ast::Expr& expr) {
  if (const auto* value = std::get_if<ast::Literal>(&expr.node)) {
    using Kind = ast::Literal::Kind;
    const std::string& text = value->text;
    const bool number = value->kind == Kind::integer && (text.size() == 1 || text.front() != '0') &&
                        std::all_of(text.begin(), text.end(), is_digit);
    return value->kind == Kind::string || number ? Text(text) : std::nullopt;
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) {
    const bool to_text = cast->type.name.name == "text" && cast->type.array_bounds.empty();
    return to_text ? constant_text(*cast->argument) : std::nullopt;
  }
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return of_call(*call);
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  const bool joins = operation != nullptr && operation->kind == ast::Operation::Kind::op &&
                     operation->op == std::vector<std::string>{"||"} && operation->left && operation->right;
  const Text left = joins ? constant_text(*operation->left) : std::nullopt;
  const Text right = left ? constant_text(*operation->right) : std::nullopt;
  return right ? Text(*left + *right) : std::nullopt;
}

}  // namespace pg2crdb
