#include "rewrite/pass.h"

#include <algorithm>

#include "support/script_order.h"

namespace pg2crdb {

void PassContext::touched(ast::Statement& statement) {
  if (statement.passes.empty() || statement.passes.back() != pass_) statement.passes.push_back(pass_);
  if (!is_apart_) catalog.changed(statement);
}

void PassContext::take(ast::Statement copied, Diagnostics findings) {
  ast::Statement& statement = script.statements[copied.id];
  const bool is_touched = !copied.passes.empty() && copied.passes.back() == pass_;
  statement = std::move(copied);
  if (is_touched) catalog.changed(statement);
  for (Diagnostic& finding : findings.all()) diagnostics_.add(std::move(finding));
}

void PassContext::rewritten(ast::Statement& statement) {
  if (statement.fate == ast::Fate::kept) statement.fate = ast::Fate::rewritten;
  statement.as_written = false;
  touched(statement);
}

void PassContext::drop(ast::Statement& statement, std::string reason) {
  statement.fate = ast::Fate::dropped;
  statement.reason = std::move(reason);
  touched(statement);
}

void PassContext::merge(ast::Statement& statement, ast::Statement& into, std::string reason) {
  statement.fate = ast::Fate::merged;
  statement.merged_into = into.id;
  statement.reason = std::move(reason);
  touched(statement);
  rewritten(into);
}

void PassContext::move(ast::Statement& statement, ast::Phase phase, std::string reason) {
  if (options.in_order) return;
  if (statement.fate != ast::Fate::added) statement.fate = ast::Fate::moved;
  statement.phase = phase;
  statement.reason = std::move(reason);
  touched(statement);
}

void PassContext::needs_person(ast::Statement& statement, std::string reason) {
  statement.fate = ast::Fate::needs_person;
  statement.reason = std::move(reason);
  touched(statement);
}

ast::Statement& PassContext::add(ast::StatementNode node, const ast::Statement& origin, ast::Phase phase,
                                 Beside beside) {
  ast::Statement& statement = script.add(std::move(node), origin.span, phase);
  statement.line = origin.line;
  touched(statement);
  if (options.in_order) place(statement, origin, beside);
  return statement;
}

void PassContext::place(const ast::Statement& added, const ast::Statement& origin, Beside beside) {
  std::vector<ast::StatementId>& order = script.order;
  auto at = std::find(order.begin(), order.end(), origin.id);
  if (beside == Beside::behind && at != order.end()) {
    at = std::find_if(at + 1, order.end(), [&](ast::StatementId id) {
      const ast::Statement& next = script.statements[id];
      return next.fate != ast::Fate::added || script_place(next.span) != script_place(origin.span);
    });
  }
  order.insert(at, added.id);
}

void PassContext::report(const FindingKind& rule, const ast::Statement& statement, std::string object,
                         std::string message, int64_t offset, std::string advice) {
  Diagnostic diagnostic;
  diagnostic.rule = &rule;
  diagnostic.severity = rule.severity;
  diagnostic.object = std::move(object);
  diagnostic.span = statement.span;
  if (offset >= 0) {
    diagnostic.span.begin += static_cast<uint64_t>(offset);
    diagnostic.span.end = diagnostic.span.begin;
  }
  diagnostic.message = std::move(message);
  diagnostic.advice = std::move(advice);
  diagnostics_.add(std::move(diagnostic));
}

}  // namespace pg2crdb
