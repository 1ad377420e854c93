// Patterns: LIKE, and regular expressions.
#include <utility>

#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/citext.h"
#include "passes/adapt_expressions/patterns.h"
#include "passes/adapt_expressions/rules.h"

namespace pg2crdb::adapt {

/// pg_dump writes every LIKE as its operator. On citext, whose LIKE is ILIKE, CockroachDB has neither
/// (#149791); that of a text with a citext is one of texts.
void ExpressionAdapter::spell_like(ast::Operation& operation) {
  using Kind = ast::Operation::Kind;
  const bool is_op = operation.kind == Kind::op;
  if ((!is_op && operation.kind != Kind::like && operation.kind != Kind::ilike) || operation.op.empty() ||
      !operation.left || !operation.right)
    return;
  std::string op = operation.op.back();
  if (op != "~~" && op != "!~~" && op != "~~*" && op != "!~~*") return;
  const bool ignores = ignores_case(operation, types_);
  const bool of_citext = citext_to_text(operation, types_);
  if (!of_citext && (!is_op || context_.target.has(Capability::like_operators))) return;
  if (of_citext && ignores && !op.ends_with('*')) op += '*';
  operation.kind = op.ends_with('*') ? Kind::ilike : Kind::like;
  operation.op = {std::move(op)};
  changed_any_ = true;
}

void ExpressionAdapter::pattern(const ast::Expr& expr, std::vector<Remark>& refusals) {
  const Pattern pattern = written_pattern(expr);
  if (const std::string_view flag = foreign_flag(pattern.flags); !flag.empty())
    refusals.push_back(
        {regex_dialect, "has the flag `" + std::string(flag) + "` of a regular expression", expr.offset});
  if (const std::string_view part = foreign_to_re2(pattern.text); !part.empty()) {
    refusals.push_back(
        {regex_dialect, "has `" + std::string(part) + "` in a regular expression", expr.offset});
  } else if (const std::string different = different_in_re2(pattern); !different.empty()) {
    noted(regex_match, "a regular expression: " + different, expr.offset);
  }
}

}  // namespace pg2crdb::adapt
