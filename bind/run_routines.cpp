// Routines that a statement runs, what they and it do to the session, and what the output has of that.
#include <algorithm>

#include "bind/guessed_text.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "parser/names.h"
#include "support/ascii.h"

namespace pg2crdb::bind {

namespace {

/// Whether the query runs its calls in any case: `SELECT f()` and `SELECT * FROM f()`.
bool runs_surely(const ast::StatementNode& node) {
  const auto* select = std::get_if<ast::SelectStatement>(&node);
  if (select == nullptr) return std::holds_alternative<ast::Opaque>(node);  // CALL
  const ast::Query& query = *select->query;
  const auto is_call = [](const ast::SelectItem& target) {
    return target.expr && std::holds_alternative<ast::FunctionCall>(target.expr->node);
  };
  const bool is_plain = !query.where && !query.limit && !query.offset && query.with.empty();
  return is_plain && (query.from.empty() ? std::all_of(query.targets.begin(), query.targets.end(), is_call)
                                         : query.from.size() == 1);
}

}  // namespace

std::vector<const ast::CreateFunction*> Binder::run_by(ast::Statement& statement, size_t* direct) {
  const Path path = session_.path();
  std::vector<ObjectId> routines;
  const auto call = [&](const ast::Name& name) {
    for (const ObjectId id : names.routines(name, path)) {
      if (std::find(routines.begin(), routines.end(), id) == routines.end()) routines.push_back(id);
    }
  };
  const auto call_all = [&](const TextNames& text) {
    for (const NameUse& use : text.names) {
      if (use.kind == NameUse::Kind::routine) call(use.name);
    }
  };
  const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
  if (const auto* block = std::get_if<ast::DoBlock>(&statement.node)) {
    call_all(names_in(*block));
  } else if (opaque != nullptr && opaque->kind == "CALL") {
    call_all(names_in_sql(opaque->text));
  } else if (std::holds_alternative<ast::SelectStatement>(statement.node)) {
    TreeEdit look;
    look.call = [&](ast::FunctionCall& one) { call(one.name); };
    edit(statement.node, look);
  }
  if (direct != nullptr) *direct = routines.size();
  std::vector<const ast::CreateFunction*> found;
  for (size_t i = 0; i < routines.size(); ++i) {
    const ast::Object& one = script_.objects[routines[i]];
    const auto* function =
        one.made_here() ? std::get_if<ast::CreateFunction>(&script_.statements[one.created].node) : nullptr;
    found.push_back(function);
    if (function != nullptr && function->body.size() == 1) call_all(names_in(*function));
  }
  if (direct != nullptr) {
    const auto first = found.begin();
    *direct -= static_cast<size_t>(std::count(first, first + static_cast<std::ptrdiff_t>(*direct), nullptr));
  }
  std::erase(found, nullptr);
  return found;
}

/// What a statement, and a routine that it calls, sets stays set behind it.
void Binder::follow_settings(ast::Statement& statement) {
  const Path begun = session_.path();
  session_.take(statement.node);
  const auto sets_path = [&](const Path& before) {
    const Path after = session_.path();
    return after != before || after.is_known != before.is_known;
  };
  if (std::holds_alternative<ast::DoBlock>(statement.node) && sets_path(begun))
    result_.sets_path = "the DO block";
  size_t direct = 0;
  const std::vector<const ast::CreateFunction*> routines = run_by(statement, &direct);
  const bool surely = routines.size() == 1 && direct == 1 && runs_surely(statement.node);
  for (const ast::CreateFunction* routine : routines) {
    const Path before = session_.path();
    session_.run(*routine, surely);
    if (sets_path(before)) result_.sets_path = "`" + to_string(routine->name) + "`";
  }
}

/// A name without a schema where nobody knows the path.
void Binder::note_guess(const std::string& name) {
  if (!path_.is_known) guesses.emplace(path_.lost_by, name);
}

std::string guessed_text(const std::string& name) {
  return "the search_path that is set here is not known: `" + name +
         "`, and what follows without a schema, is read by the one before";
}

/// Names and owners that a query among others set are written by now: in the output it would set those of
/// what is left. One that sets a single variable is told by the pass that knows it.
void History::leave_out_settings(ast::Statement& statement, ast::SelectStatement& select) {
  std::vector<ast::SelectItem>& targets = select.query->targets;
  if (targets.size() < 2 && runs_once(*select.query)) return;
  const auto sets = [](const ast::SelectItem& target) {
    const ast::FunctionCall* call = target.expr ? set_config_of(*target.expr) : nullptr;
    const ast::Literal* variable = call == nullptr ? nullptr : constant_of(call->arguments[0]);
    const std::string name = variable == nullptr ? std::string() : lower(variable->text);
    return name == "search_path" || name == "role" || name == "session_authorization";
  };
  if (!std::all_of(targets.begin(), targets.end(), sets)) {
    if (std::erase_if(targets, sets) > 0) context_.rewritten(statement);
    return;
  }
  if (binder_.run_by(statement).empty())
    return context_.drop(statement, "sets what the output does not need");
  for (ast::SelectItem& target : targets) {
    ast::Expr value = set_config_of(*target.expr)->arguments[1];  // which the call shows
    target.expr = std::move(value);
  }
  context_.rewritten(statement);
}

/// Names in the output that have no schema would be looked for in the path that the routine sets.
void History::hold_back_setter(ast::Statement& statement, const std::string& setter) {
  if (setter.empty()) return;
  report(search_path_opaque, statement, {},
         setter + " runs and sets the search_path, which the output does without");
  context_.needs_person(statement, setter + " sets the search_path");
}

}  // namespace pg2crdb::bind
