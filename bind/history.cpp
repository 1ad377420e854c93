#include "bind/history.h"

#include <algorithm>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/signature.h"
#include "bind/caller_names.h"
#include "bind/guessed_text.h"
#include "parser/block_statements.h"

namespace pg2crdb::bind {

History::History(PassContext& context)
    : context_(context.named("history")),
      binder_(context.script),
      any_filled_(std::ranges::any_of(context.script.statements, [](const ast::Statement& one) {
        return std::holds_alternative<ast::CreateTableAs>(one.node);
      })) {}

void History::report(RuleIndex rule, const ast::Statement& statement, std::string object,
                     std::string message) {
  context_.report(rules[rule], statement, std::move(object), std::move(message));
}

std::string History::line_of(ast::StatementId id) const {
  return context_.line_of(context_.script.statements[id]);
}

ast::CreateTable* History::table_of(ObjectId table) {
  if (table == ast::no_object || !object(table).made_here()) return nullptr;
  ast::Statement& created = statement(object(table).created);
  auto* create = created.live() ? std::get_if<ast::CreateTable>(&created.node) : nullptr;
  return create != nullptr && create->name.object == table ? create : nullptr;
}

void leave_out_rolled_back(PassContext& context) {
  std::deque<ast::Statement>& statements = context.script.statements;
  std::vector<ast::DataBlock>& data = context.script.data;
  for (const RolledBack& range : rolled_back(context.script)) {
    const std::string reason = "rolled back in " + PassContext::line_of(statements[range.last]);
    for (ast::StatementId id = range.first; id <= range.last; ++id) {
      if (statements[id].live()) context.drop(statements[id], reason);
    }
    const Span& first = statements[range.first].span;
    auto block = std::partition_point(data.begin(), data.end(), [&](const ast::DataBlock& one) {
      return !stands_before(first, one.header);
    });
    for (; block != data.end() && stands_before(block->header, statements[range.last].span); ++block)
      block->left_out = reason;
  }
}

void leave_out_savepoints(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
    if (opaque == nullptr || !statement.live()) continue;
    if (opaque->kind == "SAVEPOINT" || opaque->kind == "RELEASE SAVEPOINT")
      context.drop(statement, "transaction control: each statement runs on its own");
  }
}

namespace {

bool replaces_views(const ast::Script& script) {
  return std::any_of(script.statements.begin(), script.statements.end(), [](const ast::Statement& one) {
    const auto* view = std::get_if<ast::CreateView>(&one.node);
    return view != nullptr && view->or_replace;
  });
}

/// A table goes a way of its own from there.
bool leaves_another(const ast::Opaque& opaque) {
  return opaque.kind.ends_with(" DETACH PARTITION") || opaque.kind.ends_with(" NO INHERIT");
}

/// Of what a routine names without its schema, where no path leads to it: "`a.t` and `b.t` have that name",
/// that of the routine's schema first. Empty where it was moved from where the name led to.
std::string elsewhere_of(const ast::Script& script, const std::string& name, ObjectId named,
                         const ast::Statement& user) {
  const ast::Object& had = script.objects[named];
  const auto* routine = std::get_if<ast::CreateFunction>(&user.node);
  if (!had.stands() || had.name.name != name || routine == nullptr) return {};
  for (const ast::Statement& one : script.statements) {
    const auto* moved = std::get_if<ast::SetSchema>(&one.node);
    if (moved != nullptr && moved->object.name.object == named) return {};
  }
  const auto is_alike = [&had](ast::ObjectKind kind) {
    return is_relation(had.kind) ? is_relation(kind)
                                 : kind == had.kind || (ast::is_routine(had.kind) && ast::is_routine(kind));
  };
  std::string all;
  size_t count = 0;
  for (const bool own : {true, false}) {
    for (const ast::Object& one : script.objects) {
      const bool has_name = one.made_here() && one.stands() && is_alike(one.kind) && one.name.name == name;
      if (!has_name || (one.name.schema == routine->name.schema) != own) continue;
      all += (count++ == 0 ? "`" : " and `") + to_string(one.name) + "`";
    }
  }
  return all + (count == 1 ? " has that name" : " have that name");
}

}  // namespace

void History::run() {
  bool created = false, retypes = false, copies = false;
  for (const ast::Statement& one : context_.script.statements) {
    const auto* block = std::get_if<ast::DoBlock>(&one.node);
    const bool guarded = block != nullptr && guarded_statements(block->body);  // what it is shows on the way
    if (std::holds_alternative<ast::CreateTable>(one.node) || guarded) created = true;
    if (!created) continue;
    const auto* as = std::get_if<ast::CreateTableAs>(&one.node);
    copies = copies || (as != nullptr && !as->materialized_view);
    changes_columns_ = changes_columns_ || guarded || std::holds_alternative<ast::Rename>(one.node) ||
                       std::holds_alternative<ast::SetSchema>(one.node) ||
                       std::holds_alternative<ast::Drop>(one.node);
    if (const auto* opaque = std::get_if<ast::Opaque>(&one.node))
      changes_columns_ = changes_columns_ || leaves_another(*opaque);
    if (const auto* alter = std::get_if<ast::AlterTable>(&one.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        changes_columns_ = changes_columns_ || std::holds_alternative<ast::AddColumn>(command) ||
                           std::holds_alternative<ast::DropColumn>(command) ||
                           std::holds_alternative<ast::DropConstraint>(command);
        retypes = retypes || std::holds_alternative<ast::SetType>(command);
      }
    }
  }
  binder_.expand_stars = changes_columns_ || (retypes && copies) || replaces_views(context_.script);
  leave_out_rolled_back(context_);
  leave_out_savepoints(context_);
  const std::vector<RolledBack> undone = rolled_back(context_.script);
  auto range = undone.begin();
  const size_t count = context_.script.statements.size();  // what is added on the way is bound already
  if (count > 0) session_ = session_of(context_.script.statements[0].span);
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& one = context_.script.statements[i];
    rows_up_to(one);  // in the session, and the transaction, that they stand in
    enter(session_of(one.span));
    binder_.transaction(one);
    while (range != undone.end() && range->last < one.id) ++range;
    if (range != undone.end() && range->first <= one.id) {
      note_undone_restart(one, statement(range->last));
      lose_numbers(one);
    }
    if (one.fate == ast::Fate::dropped) continue;
    const size_t guarded = context_.script.statements.size();
    settle_guard(context_, binder_, one);
    const size_t guarded_end = context_.script.statements.size();
    take(one);
    for (size_t id = guarded; id < guarded_end; ++id) take(context_.script.statements[id]);
    note_rows_brought(one);
  }
  if (count > 0) {
    while (next_block_ < context_.script.data.size()) {
      enter(session_of(context_.script.data[next_block_].header));
      rows(context_.script.data[next_block_++]);
    }
  } else {  // nothing tells their types
    for (ast::DataBlock& block : context_.script.data) block.fractions.clear();
  }
  binder_.finish();
  check_all_computed();
  check_calls();
  take_lost_numbers();
  keep_default_privileges();
  leave_out_switched_off();
  report_copies();
  report_bounds();
  for (const ast::StatementId id : outdated_) {
    ast::Statement& view = statement(id);
    if (!view.live()) continue;
    if (const auto* as = std::get_if<ast::CreateTableAs>(&view.node);
        as != nullptr && !as->materialized_view) {
      report(table_as_older, view, ast::statement_object(view.node),
             "`" + ast::statement_object(view.node) +
                 "` is filled after the load, with rows that it did not see");
      continue;
    }
    report(
        materialized_view_older, view, ast::statement_object(view.node),
        "`" + ast::statement_object(view.node) + "` is filled after the load, with rows that it did not see");
  }
  for (const Binder::Gone& one : binder_.gone) {
    ast::Statement& user = statement(one.statement);
    if (!user.live()) continue;
    const ast::Object& had = object(one.object);
    const std::string now = one.renamed_to.empty() ? to_string(had.name) : one.renamed_to;
    const std::string elsewhere = one.renamed_to.empty() && one.retyped == ast::no_statement
                                      ? elsewhere_of(context_.script, one.name, one.object, user)
                                      : std::string();
    const std::string what = !elsewhere.empty() ? "has no schema; " + elsewhere
                             : one.retyped != ast::no_statement
                                 ? "has another type since " + line_of(one.retyped)
                             : had.stands() ? "is called `" + now + "` at the end of the script"
                                            : "is dropped in " + line_of(had.dropped);
    const std::string text = std::holds_alternative<ast::CreateFunction>(user.node) ? "body" : "text";
    report(body_names_gone, user, ast::statement_object(user.node),
           "the " + text + " of `" + ast::statement_object(user.node) + "` names `" + one.name + "`, which " +
               what);
    context_.needs_person(user, "its " + text + " names " + one.name + ", which " + what);
  }
  tell_unread_bodies();
  for (const Binder::Unwritten& one : binder_.unwritten) {
    if (!statement(one.statement).live()) continue;
    report(search_path_opaque, statement(one.statement), one.name,
           "`" + one.name + "` is " +
               (one.of_pg_catalog
                    ? "a function of the script, and one of PostgreSQL's: the types of the arguments decide"
                    : "found by a search_path that the output does not have"));
  }
  for (const auto& [schema, user] : binder_.unmade_schemas) {
    report(search_path_opaque, statement(user), schema,
           "schema `" + schema + "` is in the search_path and nothing makes it: names are read without it");
  }
  for (const auto& [setter, name] : binder_.guesses) {
    report(search_path_opaque, statement(setter), name, guessed_text(name));
  }
  tell_names_of_callers(context_);
}

/// What of it still stands.
std::vector<ObjectId> History::objects_made_by(ast::StatementId statement) {
  const std::deque<ast::Object>& objects = context_.script.objects;
  for (; next_object_ < objects.size(); ++next_object_)
    made_[objects[next_object_].created].push_back(next_object_);
  std::vector<ObjectId> found = made_[statement];
  std::erase_if(found, [&](ObjectId id) { return object(id).created != statement || !object(id).stands(); });
  return found;
}

/// A name that PostgreSQL could not take as it is has a number, which nobody would choose for the output.
void History::pin_numbered(ObjectId table) {
  const ast::CreateTable* create = table_of(table);
  if (create == nullptr) return;
  for (const ast::Column& column : create->columns) {
    for (const ObjectId id : binder_.names.members(column.object)) {
      if (is_made_by_column(context_.script, id) &&
          object(id).name.name != object_name(object(table).name.name, column.name, "seq"))
        return pin_names(table);
    }
  }
}

void History::met(ast::Statement& statement, const Binder::Result& result) {
  const std::string name = ast::statement_object(statement.node);
  switch (result.met) {
    case Binder::Met::nothing:
      return;
    case Binder::Met::replaced:
      if (this->statement(result.older).fate != ast::Fate::dropped)
        context_.drop(this->statement(result.older), "replaced in " + line_of(statement.id));
      made_[statement.id].push_back(result.object);
      outdate_copies(result.object, statement, "`" + name + "`, which it reads, changes");
      note_replaced_routine(this->statement(result.older), statement, result.object);
      if (auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
        trigger->or_replace = false;
        context_.rewritten(statement);
      }
      return;
    case Binder::Met::existing:
      context_.drop(statement, "it is there already, since " + line_of(result.older));
      return;
    case Binder::Met::taken:
      return name_taken(statement, taken_name(statement, object(result.object)), result.object);
  }
}

/// PostgreSQL refuses it, or an earlier DROP is left for a person.
void History::name_taken(ast::Statement& statement, const std::string& name, ObjectId by) {
  std::string since = "there already, since " + line_of(object(by).created);
  if (const auto kept = kept_.find(by); kept != kept_.end())
    since = "there until the DROP in " + line_of(kept->second) + " is run";
  hold_back_taken(context_, statement, name, since);
}

void History::take(ast::Statement& statement) {
  if (statement.fate == ast::Fate::dropped) return;
  const std::vector<bool> only = read_truncate_only(statement);
  const Binder::Result result = binder_.bind(statement);
  if (binder_.changed() && statement.fate == ast::Fate::kept) context_.rewritten(statement);
  met(statement, result);
  if (statement.live()) {
    hold_back_refused(context_, statement, result);
    leave_out_early(statement, result.awaited);
  }
  if (!statement.live()) return;
  if (result.met == Binder::Met::nothing && result.object != ast::no_object)
    set_owner(statement, result.object);
  tell_misread(statement);
  hold_back_setter(statement, result.sets_path);
  note_moved_inside(statement);
  stand_behind_labels(statement);
  note_work(statement);
  note_changed_whole(statement);
  if (const auto* schema = std::get_if<ast::CreateSchema>(&statement.node)) {
    hold_back_nameless(statement, *schema);
  } else if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
    pin_numbered(create->name.object);
    add_copied(statement);
    if (create->partition_of->object != ast::no_object)
      partitions_[create->name.object] = create->partition_of->object;
  } else if (auto* drop = std::get_if<ast::Drop>(&statement.node)) {
    this->drop(statement, *drop);
  } else if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
    this->rename(statement, *rename);
  } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
    set_schema(statement, *move);
  } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    this->alter(statement, *alter);
  } else if (const auto* labels = std::get_if<ast::AlterEnum>(&statement.node)) {
    alter_enum(statement, *labels);
    if (statement.live() && !labels->old_label.empty()) kept_label_renames_.push_back(statement.id);
  } else if (auto* sequence = std::get_if<ast::AlterSequence>(&statement.node)) {
    alter_sequence(statement, *sequence);
  } else if (auto* opaque = std::get_if<ast::Opaque>(&statement.node)) {
    if (switch_off_for_replicas(*opaque)) context_.rewritten(statement);
    if (opaque->kind.ends_with(" DETACH PARTITION")) detach(statement);
    if (opaque->kind.ends_with(" NO INHERIT")) stop_inheriting(statement);
    if (opaque->kind.ends_with(" NOT OF")) leave_type(statement);
    if (!statement.live()) return;
    note_altered_routine(statement, *opaque);
    if (alter_constraint(statement, *opaque) || hold_back_unfollowed(statement, *opaque) ||
        alter_routine(statement, *opaque) || alter_policy(statement, *opaque))
      return;
    switch_triggers(statement, *opaque);
    switch_rule(statement, *opaque);
  } else if (ast::changed_table(statement.node) != nullptr) {
    take_row_change(statement);
  } else if (std::holds_alternative<ast::DoBlock>(statement.node) && !binder_.changed_by_block().empty()) {
    const std::string& name = binder_.changed_by_block();
    if (name.starts_with("line ") && name.find(": ") != std::string::npos) {  // why it is not known
      report(block_changes, statement, "DO in " + line_of(statement.id),
             "a DO block may change anything: " + name);
      context_.needs_person(statement, "it may change anything: " + name);
    } else {
      report(block_changes, statement, name, "a DO block changes `" + name + "`");
      context_.needs_person(statement, "it changes " + name);
    }
  } else if (const auto* refresh = std::get_if<ast::RefreshMaterializedView>(&statement.node)) {
    refreshed(refresh->name.object);
  } else if (auto* emptied = std::get_if<ast::Truncate>(&statement.node)) {
    truncate(statement, *emptied, only);
  } else if (auto* created = std::get_if<ast::CreateRole>(&statement.node)) {
    for (ast::GrantRole& grant : take_memberships(*created)) {
      context_.rewritten(statement);
      take(context_.add(std::move(grant), statement, ast::Phase::roles));
    }
  } else if (const auto* owner = std::get_if<ast::AlterOwner>(&statement.node)) {
    change_owner(owner->object.name.object, owner->role, statement);
  } else if (const auto* comment = std::get_if<ast::Comment>(&statement.node)) {
    supersede_comment(statement, *comment);
  } else if (auto* defaults = std::get_if<ast::AlterDefaultPrivileges>(&statement.node)) {
    // Of whoever says it, for what that one creates.
    const std::string& role = binder_.session().role();
    if (defaults->for_roles.empty() && !role.empty()) {
      defaults->for_roles.push_back({ast::Role::Kind::named, role});
      context_.rewritten(statement);
    }
    default_privileges_.push_back(statement.id);
  } else if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
    if (grant->all_in_schema && changes_columns_) list_objects(statement, *grant);
    note_grantor(statement, *grant);
    if (!grant->grant && grant->cascade && statement.live()) revoke_cascade(statement, *grant);
  } else if (const auto setval = ast::setval_call(statement.node)) {
    Path path = binder_.session().path();
    path.push_back("public");  // which stays unwritten in what is bound
    sequence_value(statement, binder_.names.find(ast::ObjectKind::sequence, setval->sequence, path));
  } else if (auto* made = std::get_if<ast::CreateTableAs>(&statement.node)) {
    tell_numbers_of_query(statement, *made);
  } else if (auto* select = std::get_if<ast::SelectStatement>(&statement.node)) {
    if (sets_no_sequence(*select)) return context_.drop(statement, "the column has no sequence there");
    leave_out_settings(statement, *select);
    if (statement.live()) note_moved_sequences(statement);
  }
}

/// CREATE SCHEMA AUTHORIZATION CURRENT_USER, where nobody knows who that is: what follows without a schema
/// goes into it, and in the output so would what stands before it.
void History::hold_back_nameless(ast::Statement& statement, const ast::CreateSchema& create) {
  if (!create.name.empty() || create.owner.kind == ast::Role::Kind::named) return;
  report(
      search_path_opaque, statement, {},
      "the schema is called as whoever runs the script, and names without a schema behind it mean what is in "
      "it");
  context_.needs_person(statement, "its name is that of whoever runs the script");
}

/// ON ALL TABLES IN SCHEMA as the tables that it meant, since they may be moved, and others made later.
void History::list_objects(ast::Statement& statement, ast::Grant& grant) {
  using Kind = ast::ObjectKind;
  std::vector<ast::ObjectRef> objects;
  for (const ObjectId id : statement.text_objects) {
    const ast::Object& one = object(id);
    const bool table =
        one.kind == Kind::table || one.kind == Kind::view || one.kind == Kind::materialized_view;
    const bool routine =
        is_routine(one.kind) &&
        (grant.kind == Kind::routine || (one.kind == Kind::procedure) == (grant.kind == Kind::procedure));
    const bool meant = grant.kind == Kind::sequence ? one.kind == Kind::sequence
                       : grant.kind == Kind::table  ? table
                                                    : routine;
    if (!meant || !one.made_here()) continue;
    ast::ObjectRef reference;
    reference.kind = grant.kind;
    reference.name = one.name;
    if (routine) {
      const auto* function = std::get_if<ast::CreateFunction>(&this->statement(one.created).node);
      if (function == nullptr) return;
      reference.has_arguments = true;
      reference.arguments = ast::argument_types(*function);
    }
    objects.push_back(std::move(reference));
  }
  if (objects.empty()) return context_.drop(statement, "nothing stands there yet");
  statement.text_objects.clear();
  grant.objects = std::move(objects);
  grant.all_in_schema = false;
  context_.rewritten(statement);
}

/// An object has one comment.
void History::supersede_comment(ast::Statement& statement, const ast::Comment& comment) {
  const ObjectId object = comment.object.name.object;
  if (object == ast::no_object) return;
  for (const ast::StatementId id : binder_.users(object)) {
    ast::Statement& older = this->statement(id);
    const auto* same =
        is_before(id, statement) && older.live() ? std::get_if<ast::Comment>(&older.node) : nullptr;
    if (same == nullptr || same->object.kind != comment.object.kind || same->object.name.object != object ||
        same->object.member != comment.object.member)
      continue;
    context_.drop(older, "said again in " + line_of(statement.id));
  }
  if (comment.is_null && this->object(object).made_here() && statement.live())
    context_.drop(statement, "what it is about is made without a comment");
}

/// The table whose foreign key on `referenced` the statement holds; none where it holds no such key.
ObjectId History::refers_to(const ast::Statement& statement, ObjectId referenced) const {
  if (!statement.live()) return ast::no_object;
  const auto refers = [&](const ast::Constraint& constraint) {
    return constraint.kind == ast::Constraint::Kind::foreign_key &&
           constraint.referenced.object == referenced;
  };
  if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
    bool found = std::any_of(create->constraints.begin(), create->constraints.end(), refers);
    for (const ast::Column& column : create->columns)
      found = found || std::any_of(column.constraints.begin(), column.constraints.end(), refers);
    return found ? create->name.object : ast::no_object;
  }
  if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add != nullptr && refers(add->constraint)) return alter->name.object;
    }
  }
  return ast::no_object;
}

void resolve_history(PassContext& context) {
  History(context).run();
}

}  // namespace pg2crdb::bind
