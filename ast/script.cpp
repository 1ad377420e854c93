#include "ast/script.h"

namespace pg2crdb::ast {

std::string_view to_string(Fate fate) {
  switch (fate) {
    case Fate::kept:
      return "kept";
    case Fate::rewritten:
      return "rewritten";
    case Fate::merged:
      return "merged";
    case Fate::moved:
      return "moved";
    case Fate::dropped:
      return "dropped";
    case Fate::needs_person:
      return "needs_person";
    case Fate::added:
      break;
  }
  return "added";
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::roles:
      return "roles";
    case Phase::pre_data:
      return "pre-data";
    case Phase::post_data:
      return "post-data";
    case Phase::revalidate:
      break;
  }
  return "revalidate";
}

Statement& Script::add(StatementNode node, Span span, Phase phase) {
  Statement& statement = statements.emplace_back();
  statement.id = static_cast<StatementId>(statements.size() - 1);
  statement.span = span;
  statement.node = std::move(node);
  statement.fate = Fate::added;
  statement.phase = phase;
  return statement;
}

}  // namespace pg2crdb::ast
