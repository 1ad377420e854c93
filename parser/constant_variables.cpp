#include "parser/constant_variables.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "parser/constant_text.h"
#include "parser/parser.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using transform::Token;
using Tokens = ConstantVariables::Tokens;

constexpr int64_t most_turns = 1000;

bool is_text(const ast::TypeName& type) {
  const std::string& name = type.name.name;
  return (name == "text" || name == "varchar") && type.modifiers.empty();
}

/// As SQL; nothing where a string in quotes would say something else.
std::optional<std::string> string_literal(const std::string& text) {
  if (text.find('\\') != std::string::npos) return std::nullopt;
  std::string sql = "'";
  for (const char c : text) sql += c == '\'' ? std::string("''") : std::string(1, c);
  return sql + "'";
}

std::optional<int64_t> whole_number(const Token& token) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
  if (error != std::errc() || end != token.text.data() + token.text.size()) return std::nullopt;
  return value;
}

/// Of `ARRAY['a', 'b']`, also as text[].
std::optional<std::vector<std::string>> elements_of(const ast::Expr& expr) {
  const ast::Expr* inner = &expr;
  if (const auto* cast = std::get_if<ast::Cast>(&inner->node)) {
    if (!is_text(cast->type) || cast->type.array_bounds.size() != 1) return std::nullopt;
    inner = &*cast->argument;
  }
  const auto* array = std::get_if<ast::ArrayExpr>(&inner->node);
  if (array == nullptr || array->elements.empty()) return std::nullopt;
  std::vector<std::string> elements;
  for (const ast::Expr& one : array->elements) {
    const auto* literal = std::get_if<ast::Literal>(&one.node);
    const bool is_string = literal != nullptr && literal->kind == ast::Literal::Kind::string;
    std::optional<std::string> sql = is_string ? string_literal(literal->text) : std::nullopt;
    if (!sql) return std::nullopt;
    elements.push_back(std::move(*sql));
  }
  return elements;
}

}  // namespace

bool ConstantVariables::is_variable(const Token& token) const {
  return token.is_name() && (values_.contains(token.name()) || lists_.contains(token.name()));
}

bool ConstantVariables::any_in(Tokens tokens) const {
  return std::any_of(tokens.begin(), tokens.end(), [this](const Token& token) { return is_variable(token); });
}

std::string ConstantVariables::written_in(const std::string& body, Tokens tokens) const {
  std::string text;
  size_t at = tokens.front().begin;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (!is_variable(token)) continue;
    const auto value = values_.find(token.name());
    const bool part = (i > 0 && tokens[i - 1].is(".")) || (i + 1 < tokens.size() && tokens[i + 1].is("."));
    if (part || value == values_.end() || !value->second) return {};
    text += body.substr(at, token.begin - at) + *value->second;
    at = token.end;
  }
  return text + body.substr(at, tokens.back().end - at);
}

bool ConstantVariables::declare(const std::string& body, Tokens tokens) {
  if (tokens.size() < 2 || !tokens.front().is_name()) return false;
  const std::string name = tokens.front().name();
  tokens = tokens.subspan(tokens[1].is("constant") ? 2 : 1);
  const auto gives = std::find_if(tokens.begin(), tokens.end(), [](const Token& one) {
    return one.is(":=") || one.is("=") || one.is("default");
  });
  values_[name] = std::nullopt;
  lists_.erase(name);
  texts_.erase(name);
  if (gives == tokens.begin()) return false;
  const Tokens typed = tokens.first(static_cast<size_t>(gives - tokens.begin()));
  const std::optional<ast::TypeName> type =
      parse_type(body.substr(typed.front().begin, typed.back().end - typed.front().begin));
  const bool text = type && is_text(*type);
  if (text && type->array_bounds.empty()) texts_.insert(name);
  if (gives == tokens.end()) return true;
  const Tokens given = tokens.subspan(static_cast<size_t>(gives - tokens.begin()) + 1);
  const std::string value = given.empty() ? std::string() : written_in(body, given);
  const std::optional<ast::Expr> expr = value.empty() ? std::nullopt : parse_expression(value);
  if (!expr) return false;
  std::optional<std::vector<std::string>> elements = elements_of(*expr);
  const std::optional<std::string> constant = constant_text(*expr);
  if (text && type->array_bounds.empty() && constant) {
    values_[name] = string_literal(*constant);
  } else if (text && type->array_bounds.size() == 1 && elements) {
    values_.erase(name);
    lists_[name] = std::move(*elements);
  }
  // Anything else may do something.
  return elements || constant || std::holds_alternative<ast::Literal>(expr->node);
}

std::optional<ConstantLoop> ConstantVariables::loop(const std::string& body, Tokens tokens) const {
  if (tokens.size() < 5 || !tokens[1].is_name() || !tokens[2].is("in")) return std::nullopt;
  ConstantLoop found{tokens[1].name()};
  if (tokens[0].is("for")) {
    const std::optional<int64_t> first = whole_number(tokens[3]);
    const std::optional<int64_t> last =
        tokens.size() == 6 && tokens[4].is("..") ? whole_number(tokens[5]) : std::nullopt;
    if (!first || !last || *last < *first || *last - *first >= most_turns) return std::nullopt;
    for (int64_t i = *first; i <= *last; ++i) found.values.push_back(std::to_string(i));
    return found;
  }
  if (!tokens[0].is("foreach") || !tokens[3].is("array") || !texts_.contains(found.variable))
    return std::nullopt;
  tokens = tokens.subspan(4);
  if (const auto list =
          tokens.size() == 1 && tokens[0].is_name() ? lists_.find(tokens[0].name()) : lists_.end();
      list != lists_.end()) {
    found.values = list->second;
    return found;
  }
  const std::string array = written_in(body, tokens);
  const std::optional<ast::Expr> expr = array.empty() ? std::nullopt : parse_expression(array);
  std::optional<std::vector<std::string>> elements = expr ? elements_of(*expr) : std::nullopt;
  if (!elements) return std::nullopt;
  found.values = std::move(*elements);
  return found;
}

}  // namespace pg2crdb
