// Sequences in a history: what they are at its end, and which numbers rows took from them.
#include "bind/sequences.h"

#include <algorithm>
#include <utility>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

namespace {

/// Whether the numbers that come next hang on it: not on START, where only a RESTART goes.
bool changes_numbers(const ast::SequenceOptions& options) {
  return !options.increment.empty() || !options.minimum.empty() || !options.maximum.empty() ||
         options.no_minimum || options.no_maximum || options.cycle || options.no_cycle;
}

bool says_more_than_restart(const ast::SequenceOptions& options) {
  return changes_numbers(options) || !options.type.empty() || !options.start.empty() ||
         !options.cache.empty() || !options.owned_by.empty();
}

/// Without OWNED BY, too.
ast::SequenceOptions without_restart(ast::SequenceOptions options) {
  options.restart.clear();
  options.restart_default = false;
  options.owned_by.clear();
  return options;
}

/// Makes the sequence so from its beginning. False where CREATE SEQUENCE has no words for it: a START where
/// it does not stand, steps the other way between the bounds of before.
bool take_options(ast::SequenceOptions& options, const ast::SequenceOptions& set) {
  const bool down = options.increment->starts_with("-");
  if (!set.start.empty()) return false;
  if (!set.increment.empty() && set.increment->starts_with("-") != down) return false;
  const bool bounds = !set.minimum.empty() || !set.maximum.empty() || set.no_minimum || set.no_maximum;
  if (options.start.empty() && bounds) {
    const std::string& bound = down ? options.maximum : options.minimum;
    options.start = !bound.empty() ? bound : down ? "-1" : "1";
  }
  if (!set.type.empty()) options.type = set.type;
  if (!set.increment.empty()) options.increment = set.increment;
  if (!set.minimum.empty() || set.no_minimum) {
    options.minimum = set.minimum;
    options.no_minimum = set.no_minimum;
  }
  if (!set.maximum.empty() || set.no_maximum) {
    options.maximum = set.maximum;
    options.no_maximum = set.no_maximum;
  }
  if (!set.cache.empty()) options.cache = set.cache;
  if (set.cycle || set.no_cycle) {
    options.cycle = set.cycle;
    options.no_cycle = set.no_cycle;
  }
  return true;
}

}  // namespace

const ast::FunctionCall* sole_call(const ast::SelectStatement& select, std::string_view function) {
  const ast::Query& query = *select.query;
  if (query.targets.size() != 1 || !query.from.empty() || query.where) return nullptr;
  const auto* call = std::get_if<ast::FunctionCall>(&query.targets[0].expr->node);
  return call != nullptr && call->name.name == function ? call : nullptr;
}

bool restarts(const ast::SequenceOptions& options) {
  return !options.restart.empty() || options.restart_default;
}

ObjectId moved_by(ast::FunctionCall& call, const Binder& binder) {
  if (call.name.name != "nextval" && call.name.name != "setval") return ast::no_object;
  const std::optional<ast::Name> name = ast::called_sequence(call);
  Path path = binder.session().path();
  path.push_back("public");  // which stays unwritten in what is bound
  return name ? binder.names.find(ast::ObjectKind::sequence, *name, path) : ast::no_object;
}

bool History::has_drawn(ObjectId sequence) const {
  const auto drawn = draws_.find(sequence);
  return drawn != draws_.end() && drawn->second.loaded > 0;
}

/// A sequence has one value at the end: the last that was set.
void History::sequence_value(ast::Statement& statement, ObjectId sequence) {
  if (sequence == ast::no_object) return;
  forget_value(sequence, "set again in " + line_of(statement.id));
  values_[sequence] = {statement.id};
  draws_[sequence].lost = 0;
  uncounted_.erase(sequence);
  draws_[sequence].set = statement.span;
}

/// What set the sequence before is left out; what else it says about the sequence stays.
void History::forget_value(ObjectId sequence, const std::string& reason) {
  for (const ast::StatementId id : values_[sequence]) {
    ast::Statement& older = statement(id);
    if (!older.live()) continue;
    ast::SequenceOptions* options = nullptr;
    if (auto* alter = std::get_if<ast::AlterSequence>(&older.node)) {
      options = &alter->options;
    } else if (auto* table = std::get_if<ast::AlterTable>(&older.node)) {
      options = &std::get<ast::SetIdentity>(table->commands.front()).options;
    }
    if (options == nullptr || !says_more_than_restart(*options)) {
      context_.drop(older, reason);
      continue;
    }
    options->restart.clear();
    options->restart_default = false;
    context_.rewritten(older);
  }
  values_.erase(sequence);
}

/// Makes the sequence with what an ALTER says, RESTART and OWNED BY aside. False where that stands by itself.
bool History::fold_options(ObjectId sequence, const ast::SequenceOptions& options) {
  if (has_drawn(sequence) || late_changes_.contains(sequence) || unfolded_.contains(sequence)) return false;
  if (const ObjectId column = object(sequence).parent;
      column != ast::no_object && is_made_by_column(context_.script, sequence)) {
    if (set_identity(object(column).parent, {object(column).name.name, false, false, options})) return true;
  }
  if (auto* table = std::get_if<ast::CreateTable>(&statement(object(sequence).created).node))
    expand_serials(*table, sequence);
  ast::Statement& created = statement(object(sequence).created);
  auto* create = created.live() ? std::get_if<ast::CreateSequence>(&created.node) : nullptr;
  return create != nullptr && take_options(create->options, options);
}

void History::alter_sequence(ast::Statement& statement, ast::AlterSequence& alter) {
  const ObjectId sequence = alter.name.object;
  if (sequence == ast::no_object || !object(sequence).made_here())
    return restarts(alter.options) ? sequence_value(statement, sequence) : void();
  const bool late = has_drawn(sequence) || late_changes_.contains(sequence);
  const bool owned = !alter.options.owned_by.empty();
  const ast::SequenceOptions options = without_restart(alter.options);
  if (says_more_than_restart(options) && fold_options(sequence, options)) {
    ast::SequenceOptions left;
    left.restart = alter.options.restart;
    left.restart_default = alter.options.restart_default;
    left.owned_by = alter.options.owned_by;
    alter.options = std::move(left);
    ast::Statement& created = this->statement(object(sequence).created);
    if (!owned && !restarts(alter.options))
      return context_.merge(statement, created, "the sequence is made with it");
    context_.rewritten(created);
    context_.rewritten(statement);
  } else if (changes_numbers(options)) {
    statement.after_rows = late;
    note_unfolded(sequence, late);
  }
  if (owned) {
    if (auto* table = std::get_if<ast::CreateTable>(&this->statement(object(sequence).created).node))
      expand_serials(*table, sequence);
    own(sequence, alter.options.owned_by, statement);
  }
  if (!restarts(alter.options)) return;
  statement.after_rows = late;
  sequence_value(statement, sequence);
}

/// The sequence is altered by a statement of its own: so must be what alters it later.
void History::note_unfolded(ObjectId sequence, bool late) {
  unfolded_.insert(sequence);
  if (late) late_changes_.insert(sequence);
}

/// That a column brought with it, as serial or identity.
std::vector<ObjectId> History::own_sequences(ObjectId column) const {
  std::vector<ObjectId> own = binder_.names.members(column);
  std::erase_if(own, [&](ObjectId id) { return !is_made_by_column(context_.script, id); });
  return own;
}

bool History::set_identity(ObjectId table, const ast::SetIdentity& set) {
  ast::CreateTable* create = table_of(table);
  ast::Column* column = create == nullptr ? nullptr : ast::find_column(*create, set.column);
  if (column == nullptr || !column->identity) return false;
  if (!take_options(column->identity->options, set.options)) return false;
  if (set.sets_always) column->identity->always = set.always;
  return true;
}

/// Identity that is altered, with what the load and the sequence's numbers make of it.
bool History::alter_identity(ast::Statement& statement, ObjectId table, ast::SetIdentity& set) {
  const auto& alter = std::get<ast::AlterTable>(statement.node);
  const ObjectId column = binder_.names.find_in(table, ast::ObjectKind::column, set.column);
  const std::vector<ObjectId> sequences = own_sequences(column);
  const bool stands_alone = std::any_of(sequences.begin(), sequences.end(), [&](ObjectId sequence) {
    return unfolded_.contains(sequence) || late_changes_.contains(sequence);
  });
  const bool rows = rows_leave_out(table, set.column);
  const ast::SetIdentity made{set.column, set.sets_always, set.always, without_restart(set.options)};
  const bool folded = !stands_alone && !rows && set_identity(table, made);
  if (folded && !restarts(set.options)) return true;
  if (folded) {
    set.sets_always = false;
    ast::SequenceOptions left;
    left.restart = set.options.restart;
    left.restart_default = set.options.restart_default;
    set.options = std::move(left);
    context_.rewritten(this->statement(object(table).created));
    context_.rewritten(statement);
  }
  // What is left of it waits for the load, with rows or without.
  statement.after_rows = statement.after_rows || rows;
  for (const ObjectId sequence : sequences) {
    if (changes_numbers(set.options)) note_unfolded(sequence, true);
    if (!restarts(set.options)) continue;
    if (has_drawn(sequence)) statement.after_rows = true;
    if (alter.commands.size() == 1) {
      sequence_value(statement, sequence);
    } else {
      late_changes_.insert(sequence);
    }
  }
  return false;
}

/// What set the sequence so far is run before the load. True where anything set it.
bool History::set_before_rows(ObjectId sequence) {
  const std::vector<ast::StatementId> set = std::move(values_[sequence]);
  values_.erase(sequence);
  for (const ast::StatementId id : set) {
    // What is computed may be computed from rows.
    ast::Statement& one = statement(id);
    if (!std::holds_alternative<ast::SelectStatement>(one.node) || ast::setval_call(one.node))
      one.before_rows = true;
  }
  return !set.empty();
}

/// A query that moves sequences runs after the load, from where they were set before.
void History::note_moved_sequences(ast::Statement& statement) {
  const ast::FunctionCall* sets = sole_call(std::get<ast::SelectStatement>(statement.node), "setval");
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) {
    const ObjectId sequence = moved_by(call, binder_);
    if (sequence == ast::no_object) return;
    late_changes_.insert(sequence);
    // A value that is computed may be NULL, of no row, or taken from where the sequence is: what set it
    // before stays.
    std::vector<ast::StatementId> computed = values_[sequence];
    std::erase_if(computed, [&](ast::StatementId id) {
      const ast::StatementNode& node = this->statement(id).node;
      return !std::holds_alternative<ast::SelectStatement>(node) || ast::setval_call(node);
    });
    set_before_rows(sequence);
    if (&call != sets) return;
    sequence_value(statement, sequence);
    std::vector<ast::StatementId>& set = values_[sequence];
    set.insert(set.begin(), computed.begin(), computed.end());
  };
  edit(statement.node, look);
}

/// So does what moves them in a body: nobody counts how often.
void History::note_moved_inside(ast::Statement& statement) {
  for (const ObjectId sequence : moved_inside(statement)) {
    late_changes_.insert(sequence);
    set_before_rows(sequence);
  }
}

/// `SELECT setval(pg_get_serial_sequence('t', 'c'), ..)` of a column that has no sequence yet: that of NULL
/// does nothing. Where it has one, the call names it.
bool History::sets_no_sequence(const ast::SelectStatement& select) const {
  const ast::FunctionCall* set = sole_call(select, "setval");
  if (set == nullptr || set->arguments.empty()) return false;
  const ast::Expr* argument = &set->arguments[0];
  while (const auto* cast = std::get_if<ast::Cast>(&argument->node)) argument = &*cast->argument;
  const auto* inner = std::get_if<ast::FunctionCall>(&argument->node);
  const std::optional<ast::SerialSequenceCall> serial =
      inner == nullptr ? std::nullopt : ast::serial_sequence_call(*inner);
  if (!serial) return false;
  const ObjectId table = binder_.names.find(ast::ObjectKind::table, serial->table, binder_.session().path());
  return table != ast::no_object && object(table).made_here() &&
         binder_.names.find_in(table, ast::ObjectKind::column, serial->column) != ast::no_object;
}

/// A sequence goes with its owner when that is dropped.
void History::own(ObjectId sequence, const std::vector<std::string>& owner, const ast::Statement& by) {
  ObjectId column = ast::no_object;
  if (owner.size() >= 2) {
    const ast::Name table{owner.size() > 2 ? owner[owner.size() - 3] : std::string(),
                          owner[owner.size() - 2]};
    column = binder_.names.find_in(binder_.names.find(ast::ObjectKind::table, table, {"public"}),
                                   ast::ObjectKind::column, owner.back());
  }
  ast::Statement& made = statement(object(sequence).created);
  if (auto* create = std::get_if<ast::CreateSequence>(&made.node);
      create != nullptr && !create->options.owned_by.empty()) {
    create->options.owned_by.clear();
    context_.rewritten(made);
  }
  for (const ast::StatementId id : binder_.users(sequence)) {
    ast::Statement& older = statement(id);
    auto* alter = is_before(id, by) && older.live() ? std::get_if<ast::AlterSequence>(&older.node) : nullptr;
    if (alter == nullptr || alter->name.object != sequence || alter->options.owned_by.empty()) continue;
    alter->options.owned_by.clear();
    if (restarts(alter->options) || says_more_than_restart(alter->options)) {
      context_.rewritten(older);
    } else {
      context_.drop(older, "owned by another column since " + line_of(by.id));
    }
  }
  binder_.names.set_parent(sequence, column);
}

}  // namespace pg2crdb::bind
