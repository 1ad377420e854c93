// Routines that the script runs: the output runs them behind the load, when all of the script has been.
#include <algorithm>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "parser/names.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

/// What the routine's body changes, to be printed; empty where it only reads.
std::string History::changed_in(ObjectId routine) {
  const auto* function = is_routine(object(routine).kind) && object(routine).made_here()
                             ? std::get_if<ast::CreateFunction>(&statement(object(routine).created).node)
                             : nullptr;
  std::string changed;
  if (function == nullptr) return changed;
  for (const NameUse& use : names_in(*function).names) {
    const std::string one = "`" + to_string(use.name) + "`";
    if (use.changes && changed.find(one) == std::string::npos) changed += (changed.empty() ? "" : ", ") + one;
  }
  return changed;
}

/// A routine was run, and nobody knows what it did; what ran is not there any more.
void History::call_lost(ast::Statement& user, ObjectId routine, const ast::Statement& by) {
  const std::string name = to_string(object(routine).name);
  const std::string changed = changed_in(routine);
  report(routine_ran, user, name,
         "`" + name + "` is called, and dropped in " + line_of(by.id) +
             (changed.empty() ? "" : "; what it changed is lost: " + changed));
  context_.needs_person(user, "it calls " + name + ", which is dropped in " + line_of(by.id));
}

namespace {

/// What rows get, or what they are.
bool changes_rows(const ast::AlterCommand& command) {
  return std::holds_alternative<ast::AddColumn>(command) ||
         std::holds_alternative<ast::DropColumn>(command) || std::holds_alternative<ast::SetType>(command) ||
         std::holds_alternative<ast::SetDefault>(command) ||
         std::holds_alternative<ast::AddIdentity>(command) ||
         std::holds_alternative<ast::SetIdentity>(command) ||
         std::holds_alternative<ast::DropIdentity>(command) ||
         std::holds_alternative<ast::DropExpression>(command);
}

bool is_about_triggers(const ast::StatementNode& node) {
  const auto* drop = std::get_if<ast::Drop>(&node);
  const auto* opaque = std::get_if<ast::Opaque>(&node);
  return std::holds_alternative<ast::CreateTrigger>(node) ||
         (drop != nullptr && drop->kind == ast::ObjectKind::trigger) ||
         (opaque != nullptr && opaque->kind.ends_with(" TRIGGER"));
}

}  // namespace

/// What a routine finds in the table is other behind the statement.
void History::note_work(ObjectId table, const ast::Statement& statement) {
  worked_on_[table] = statement.id;
}

void History::note_work(const ast::Statement& statement) {
  if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    if (std::any_of(alter->commands.begin(), alter->commands.end(), changes_rows))
      note_work(alter->name.object, statement);
  } else if (is_about_triggers(statement.node)) {
    ast::Statement& named = this->statement(statement.id);
    for (const ObjectId id : named.text_objects) note_work(id, statement);
    for (const ObjectId id : objects_of(named)) note_work(id, statement);
  }
}

/// The line of what changes behind the call in what the routine works on; empty where nothing does.
std::string History::changed_behind(ObjectId id, const ast::Statement& call) {
  const ast::Object& one = object(id);
  if (!one.made_here()) return {};
  if (!is_before(one.created, call)) return line_of(one.created);
  if (one.kind != ast::ObjectKind::table) return {};
  const auto worked = worked_on_.find(id);
  if (worked != worked_on_.end() && worked->second > call.id) return line_of(worked->second);
  std::string line;
  any_rows(id, [&](const ast::DataBlock& block) {
    if (stands_before(call.span, block.header)) line = "line " + std::to_string(block.first_line);
    return !line.empty();
  });
  return line;
}

/// A call of what changes rows is run behind the load.
void History::check_call(ast::Statement& call) {
  std::vector<ObjectId> called = objects_of(call);
  called.insert(called.end(), call.text_objects.begin(), call.text_objects.end());
  const std::vector<ObjectId> reached = this->reached(std::move(called));
  std::string routine, changed;
  for (const ObjectId id : reached) {
    const std::string one = changed_in(id);
    if (one.empty()) continue;
    if (routine.empty()) routine = to_string(object(id).name);
    changed += (changed.empty() ? "" : ", ") + one;
  }
  if (changed.empty()) return;
  for (const ObjectId id : reached) {
    const std::string line = changed_behind(id, call);
    if (line.empty()) continue;
    const std::string what = to_string(object(id).name);
    report(routine_ran, call, routine,
           "`" + routine + "` is called and changes " + changed + ", and `" + what +
               "`, which it works with, changes in " + line);
    return context_.needs_person(call, "it calls " + routine + ", and " + what + " changes in " + line);
  }
}

/// A value that is computed from rows is that of all that are loaded.
bool History::check_setval(ast::Statement& statement) {
  if (!std::holds_alternative<ast::SelectStatement>(statement.node)) return false;
  std::string sequence;
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) {
    if (call.name.name != "setval") return;
    if (const std::optional<ast::Name> name = ast::called_sequence(call)) sequence = to_string(*name);
  };
  edit(statement.node, look);
  if (sequence.empty()) return false;
  for (const ObjectId id : objects_of(statement)) {
    const std::string line = changed_behind(id, statement);
    if (line.empty() || object(id).kind != ast::ObjectKind::table) continue;
    const std::string table = to_string(object(id).name);
    report(sequence_gap, statement, sequence,
           "`" + sequence + "` is set by what is in `" + table + "`, which changes in " + line);
    context_.needs_person(statement, "it reads " + table + ", which changes in " + line);
    return true;
  }
  return false;
}

namespace {

/// `nextval('q')` and `setval('q', ..)` in a body, in the order of the text.
std::vector<ast::Name> moved_sequences(const std::string& body) {
  std::vector<ast::Name> moved;
  std::string error;
  const auto tokens = transform::scan_sql(body, error);
  for (size_t i = 0; tokens && i + 2 < tokens->size(); ++i) {
    const bool moves = (*tokens)[i].is("nextval") || (*tokens)[i].is("setval");
    const std::string_view text = (*tokens)[i + 2].text;
    if (!moves || !(*tokens)[i + 1].is("(") || !text.starts_with('\'')) continue;
    if (const auto name = ast::parse_regclass(text.substr(1, text.size() - 2))) moved.push_back(*name);
  }
  return moved;
}

}  // namespace

/// Sequences that bodies move which the statement runs: its own, those of routines that it calls, and of what
/// they call.
std::vector<ObjectId> History::moved_inside(ast::Statement& statement) {
  const Path& path = binder_.session().path();
  std::vector<ObjectId> sequences;
  const auto run = [&](const std::string& body) {
    for (const ast::Name& name : moved_sequences(body)) {
      const ObjectId id = binder_.names.find(ast::ObjectKind::sequence, name, path);
      if (id != ast::no_object && std::find(sequences.begin(), sequences.end(), id) == sequences.end())
        sequences.push_back(id);
    }
  };
  if (const auto* block = std::get_if<ast::DoBlock>(&statement.node)) run(block->body);
  for (const ast::CreateFunction* routine : binder_.run_by(statement)) {
    if (routine->body.size() == 1) run(routine->body.front());
  }
  return sequences;
}

/// To be asked at the end, when bodies are bound.
void History::check_calls() {
  const size_t count = context_.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& one = context_.script.statements[i];
    if (!one.live()) continue;
    const auto* opaque = std::get_if<ast::Opaque>(&one.node);
    const bool calls = std::holds_alternative<ast::SelectStatement>(one.node) ||
                       std::holds_alternative<ast::DoBlock>(one.node) ||
                       (opaque != nullptr && opaque->kind == "CALL");
    if (calls && !check_setval(one)) check_call(one);
  }
}

}  // namespace pg2crdb::bind
