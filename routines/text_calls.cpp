#include "routines/text_calls.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/shown_name.h"
#include "emit/sql.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"
#include "target/quote.h"

namespace pg2crdb::routines {

namespace {

/// Whether the tokens from `first` to `last` are all of a column that a query shows, without an alias. What
/// goes into variables is called by them.
bool is_shown(const std::vector<transform::Token>& tokens, size_t first, size_t last) {
  const auto is_any = [&](size_t i, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return tokens[i].is(word); });
  };
  if (last + 1 < tokens.size() && !is_any(last + 1, {",", ")", ";", "from"})) return false;
  if (first == 0 || !is_any(first - 1, {",", "all", "distinct", "returning", "select"})) return false;
  size_t depth = 0;
  for (size_t i = first; i-- > 0;) {
    if (tokens[i].is(")")) ++depth;
    if (tokens[i].is("(") && depth-- == 0) return false;
    if (depth > 0) continue;
    if (is_any(i, {"returning", "select"})) return true;
    if (is_any(i, {";", "by", "from", "into", "on", "set", "using", "values"})) return false;
  }
  return false;
}

}  // namespace

bool rewrite_calls(
    std::string& sql,
    const std::function<bool(const std::string& name, const std::string& arguments)>& is_looked_for,
    const std::function<std::optional<ast::Expr>(ast::Expr call)>& rewrite) {
  bool changed = false;
  // What stands before a call that is written over stays where it is, so that the last one comes first.
  std::string before = sql;
  std::vector<transform::Token> tokens = transform::scan(before).tokens;
  for (size_t i = tokens.size(); i-- > 1;) {
    if (i >= tokens.size() || !tokens[i].is("(") || !tokens[i - 1].is_name()) continue;
    size_t close = i, depth = 0;
    for (; close < tokens.size(); ++close) {
      if (tokens[close].is("(")) ++depth;
      if (tokens[close].is(")") && --depth == 0) break;
    }
    if (close == tokens.size()) continue;
    const size_t first = i > 2 && tokens[i - 2].is(".") && tokens[i - 3].is_name() ? i - 3 : i - 1;
    if (first > 0 && tokens[first - 1].is(".")) continue;
    if (first > 0 && tokens[first - 1].is("into")) continue;
    const std::string inside = before.substr(tokens[i].end, tokens[close].begin - tokens[i].end);
    if (!is_looked_for(tokens[i - 1].name(), inside)) continue;
    const size_t begin = tokens[first].begin, end = tokens[close].end;
    std::optional<ast::Expr> call = parse_expression(before.substr(begin, end - begin));
    if (!call) continue;
    const std::optional<ast::Expr> now = rewrite(std::move(*call));
    if (!now) continue;
    const bool is_call = std::holds_alternative<ast::FunctionCall>(now->node);
    std::string text = to_sql(*now, Dialect::cockroachdb);
    if (!is_call) text = "(" + text + ")";
    const std::string name = tokens[i - 1].name();
    ast::SelectItem item;
    item.expr = *now;
    if (ast::shown_name(item) != name && is_shown(tokens, first, close))
      text += " AS " + quote_identifier(name);
    sql.replace(begin, end - begin, text);
    before = sql;
    tokens = transform::scan(before).tokens;
    changed = true;
  }
  return changed;
}

}  // namespace pg2crdb::routines
