#include "routines/text_calls.h"

#include <utility>
#include <vector>

#include "emit/sql.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::routines {

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
    const std::string text = to_sql(*now, Dialect::cockroachdb);
    sql.replace(begin, end - begin, is_call ? text : "(" + text + ")");
    before = sql;
    tokens = transform::scan(before).tokens;
    changed = true;
  }
  return changed;
}

}  // namespace pg2crdb::routines
