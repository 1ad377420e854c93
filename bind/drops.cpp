// What a script drops again is not made, and neither is what goes with it.
#include <algorithm>
#include <utility>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/extensions.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// A CREATE that may have met something on the target, which its DROP would take away as well.
bool is_conditional(const ast::StatementNode& node) {
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) return table->if_not_exists;
  if (const auto* view = std::get_if<ast::CreateView>(&node)) return view->or_replace;
  if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return as->if_not_exists;
  if (const auto* function = std::get_if<ast::CreateFunction>(&node)) return function->or_replace;
  if (const auto* sequence = std::get_if<ast::CreateSequence>(&node)) return sequence->if_not_exists;
  if (const auto* index = std::get_if<ast::CreateIndex>(&node)) return index->if_not_exists;
  if (const auto* schema = std::get_if<ast::CreateSchema>(&node)) return schema->if_not_exists;
  return false;
}

/// Of a trigger, policy or rule that is not known: whether its table cannot have it.
bool lacks_member(const ast::Script& script, const ast::ObjectRef& reference) {
  const ast::Object& table = script.objects[reference.name.object];
  return !reference.member.empty() && table.made_here() &&
         !is_conditional(script.statements[table.created].node);
}

}  // namespace

void History::leave_out(ast::Statement& statement, const ast::Statement& by) {
  if (statement.fate == ast::Fate::dropped || statement.fate == ast::Fate::merged) return;
  context_.drop(statement, "what it is about is dropped again in " + line_of(by.id));
}

void History::drop(ast::Statement& statement, ast::Drop& drop) {
  if (!drop.cascade && hold_back_drop(statement, drop)) return;
  for (const std::string& extension : dropped_extensions(context_.script, drop)) {
    if (drop_extension(statement, extension)) return;
  }
  const size_t before = drop.objects.size();
  ast::StatementId made = ast::no_statement;
  std::erase_if(drop.objects, [&](ast::ObjectRef& reference) {
    ObjectId id = reference.name.object;
    if (!reference.member.empty())
      id = binder_.names.find_in(reference.name.object, drop.kind, reference.member);
    if (drop.kind == ObjectKind::schema && drop.cascade && !(id != ast::no_object && object(id).made_here()))
      empty_schema(reference.name.name, statement);
    if (id == ast::no_object) return drop.if_exists && lacks_member(context_.script, reference);
    if (!object(id).made_here()) {
      allow_absence(id, statement);
      binder_.names.drop(id, statement.id);
      return false;
    }
    if (const auto* serial = std::get_if<ast::CreateTable>(&this->statement(object(id).created).node);
        serial != nullptr && object(id).kind == ObjectKind::sequence)
      expand_serials(*serial, id);
    made = object(id).created;
    const bool conditional = is_conditional(this->statement(made).node);
    // An index of a constraint goes with the constraint only.
    erase(id, statement);
    return !conditional;
  });
  // Once all is gone that goes: whole tables take the rows of their partitions along.
  for (const ObjectId partition : std::exchange(dropped_partitions_, {}))
    partition_lost(partition, statement);
  if (drop.objects.empty() && made == ast::no_statement) {
    context_.drop(statement, "nothing of that name is there");
  } else if (drop.objects.empty() && before > 0) {
    context_.drop(statement, "what it drops was made in " + line_of(made) + " and is not made");
  } else if (drop.objects.size() < before) {
    context_.rewritten(statement);
  } else if (made != ast::no_statement && !drop.if_exists) {
    drop.if_exists = true;
    context_.rewritten(statement);
  }
}

namespace {

/// What the statement makes that PostgreSQL does not drop along with the object; empty where it is no such
/// statement.
std::string dependent(const ast::Statement& statement, ObjectId id) {
  const ast::StatementNode& node = statement.node;
  if (const auto* create = std::get_if<ast::CreateTable>(&node)) {
    const std::string table = to_string(create->name);
    for (const ast::Column& column : create->columns) {
      if (names(column, id)) return table + "." + column.name;
    }
    const bool constrains = std::any_of(create->constraints.begin(), create->constraints.end(),
                                        [&](const ast::Constraint& one) { return names(one, id); });
    return constrains ? table : std::string();
  }
  if (const auto* alter = std::get_if<ast::AlterTable>(&node)) {
    const bool uses = alter->name.object != id && names(node, id);
    return uses ? to_string(alter->name) : std::string();
  }
  const auto* as = std::get_if<ast::CreateTableAs>(&node);
  const bool depends =
      std::holds_alternative<ast::CreateView>(node) || (as != nullptr && as->materialized_view) ||
      std::holds_alternative<ast::CreateDomain>(node) ||
      std::holds_alternative<ast::CreateCompositeType>(node) ||
      std::holds_alternative<ast::CreateFunction>(node) || std::holds_alternative<ast::CreateTrigger>(node) ||
      std::holds_alternative<ast::CreatePolicy>(node);
  return depends && names(node, id) ? ast::statement_object(node) : std::string();
}

/// A view that is not dropped along.
bool is_view_of_another(const ast::Statement& statement, const ast::Drop& drop) {
  const auto* view = std::get_if<ast::CreateView>(&statement.node);
  const auto* filled = std::get_if<ast::CreateTableAs>(&statement.node);
  const bool is_view = view != nullptr || (filled != nullptr && filled->materialized_view);
  const bool has_readers = drop.kind == ObjectKind::table || drop.kind == ObjectKind::view ||
                           drop.kind == ObjectKind::materialized_view;
  if (!is_view || !has_readers) return false;
  const ObjectId id = view != nullptr ? view->name.object : filled->name.object;
  return std::ranges::none_of(drop.objects, [&](const ast::ObjectRef& one) { return one.name.object == id; });
}

}  // namespace

/// Without CASCADE nothing uses what is dropped, or PostgreSQL refuses it, and psql goes on. Where something
/// does in the output, an earlier statement that took it away may be left for a person: what it was about
/// would go with its values.
bool History::hold_back_drop(ast::Statement& statement, const ast::Drop& drop) {
  for (const ast::ObjectRef& reference : drop.objects) {
    const ObjectId id = reference.name.object;
    if (id == ast::no_object || !reference.member.empty() || !object(id).made_here()) continue;
    for (const ast::StatementId user : binder_.users(id)) {
      const ast::Statement& one = this->statement(user);
      if (!is_before(user, statement) || !one.live() || user == object(id).created) continue;
      const std::string uses = dependent(one, id);
      const ast::StatementId held = uses.empty() ? ast::no_statement : held_back_before(one, statement);
      const std::string name = to_string(object(id).name);
      if (held == ast::no_statement && !uses.empty() && is_view_of_another(one, drop)) {
        report(drop_still_used, statement, name,
               "`" + name + "` is dropped without CASCADE, and `" + uses +
                   "` reads it: PostgreSQL refuses that");
        context_.needs_person(statement, "PostgreSQL refuses it: " + uses + " reads " + name);
        kept_[id] = statement.id;
        return true;
      }
      if (held == ast::no_statement) continue;
      report(drop_still_used, statement, name,
             "`" + name + "` is dropped, and `" + uses + "` uses it until somebody runs what stands in " +
                 line_of(held));
      context_.needs_person(statement, uses + " uses it until " + line_of(held) + " is run");
      kept_[id] = statement.id;
      return true;
    }
  }
  return false;
}

/// A statement that is left for a person and is about what the other one makes or alters.
ast::StatementId History::held_back_before(const ast::Statement& user, const ast::Statement& by) {
  std::vector<ObjectId> about = objects_made_by(user.id);
  if (const auto* alter = std::get_if<ast::AlterTable>(&user.node)) about.push_back(alter->name.object);
  for (const ObjectId id : about) {
    for (const ast::StatementId one : binder_.users(id)) {
      if (is_before(one, by) && statement(one).fate == ast::Fate::needs_person) return one;
    }
  }
  return ast::no_statement;
}

/// What a script drops before it makes anything is not on a fresh target, and neither is what it takes off it
/// before.
void History::allow_absence(ObjectId id, const ast::Statement& by) {
  for (const ast::StatementId user : binder_.users(id)) {
    auto* alter = is_before(user, by) ? std::get_if<ast::AlterTable>(&statement(user).node) : nullptr;
    if (alter == nullptr || alter->name.object != id || alter->if_exists) continue;
    alter->if_exists = true;
    for (ast::AlterCommand& command : alter->commands) {
      if (auto* drop = std::get_if<ast::DropConstraint>(&command)) drop->if_exists = true;
      if (auto* drop = std::get_if<ast::DropColumn>(&command)) drop->if_exists = true;
    }
    context_.rewritten(statement(user));
  }
}

/// What goes with a schema of the target.
void History::empty_schema(const std::string& schema, const ast::Statement& by) {
  for (const ObjectId inner : binder_.names.in_schema(schema)) {
    if (object(inner).made_here()) {
      erase(inner, by);
    } else {
      allow_absence(inner, by);
      leave_out_made_on(inner, by);
    }
  }
}

/// What stands on an object of the target that goes with its schema, unless it was taken out of that before.
void History::leave_out_made_on(ObjectId id, const ast::Statement& by) {
  const std::vector<ast::StatementId> users = binder_.users(id);
  const bool moved = std::any_of(users.begin(), users.end(), [&](ast::StatementId user) {
    return std::holds_alternative<ast::SetSchema>(statement(user).node);
  });
  for (const ast::StatementId user : users) {
    const ast::StatementNode& node = statement(user).node;
    const bool goes =
        std::holds_alternative<ast::CreateIndex>(node) || std::holds_alternative<ast::CreateView>(node) ||
        std::holds_alternative<ast::CreateTrigger>(node) || std::holds_alternative<ast::CreatePolicy>(node);
    if (goes && !moved && is_before(user, by)) erase_use(statement(user), id, by);
  }
}

/// Takes an object out of the output, with all that PostgreSQL drops with it: what lives in it, and what
/// depends on it (where anything does, the script says CASCADE).
void History::erase(ObjectId id, const ast::Statement& by) {
  if (id == ast::no_object || !object(id).stands()) return;
  const ast::Object gone = object(id);
  if (partitions_.contains(id)) dropped_partitions_.push_back(id);
  leave_out_rows(id, "their table is dropped again in " + line_of(by.id));
  if (gone.kind == ObjectKind::schema) {
    for (const ObjectId inner : binder_.names.in_schema(gone.name.name)) erase(inner, by);
  }
  // Columns are the table's own text; sequences, indexes, triggers and policies are statements.
  for (const ObjectId member : std::vector(binder_.names.members(id))) {
    if (object(member).kind == ObjectKind::column) {
      for (const ObjectId owned : std::vector(binder_.names.members(member))) erase(owned, by);
    } else if (object(member).kind != ObjectKind::constraint) {
      erase(member, by);
    }
  }
  const std::vector<ast::StatementId> users = binder_.users(id);
  leave_like_behind(id, by);
  for (const ObjectId child : children(id)) erase(child, by);
  binder_.names.drop(id, by.id);
  if (gone.made_here()) {
    ast::Statement& created = statement(gone.created);
    // A sequence of a serial column and an index of a constraint have no statement of their own.
    const bool own =
        created.id != by.id && !is_member(gone.kind) &&
        (gone.parent == ast::no_object || !std::holds_alternative<ast::CreateTable>(created.node)) &&
        !std::holds_alternative<ast::AlterTable>(created.node);
    const bool member_statement =
        gone.kind == ObjectKind::trigger || gone.kind == ObjectKind::policy || gone.kind == ObjectKind::rule;
    if (own || member_statement) leave_out(created, by);
  }
  for (const ast::StatementId user : users) {
    if (is_before(user, by) && user != gone.created) erase_use(statement(user), id, by);
  }
}

void History::erase_commands(ast::Statement& statement, ast::AlterTable& alter, const ast::Statement& by,
                             const std::function<bool(const ast::AlterCommand&)>& erased) {
  const size_t before = alter.commands.size();
  std::erase_if(alter.commands, [&](const ast::AlterCommand& command) {
    if (!erased(command)) return false;
    if (const auto* add = std::get_if<ast::AddConstraint>(&command))
      drop_constraint(add->constraint.object, by);
    return true;
  });
  if (alter.commands.empty() && before > 0) {
    leave_out(statement, by);
  } else if (alter.commands.size() < before) {
    context_.rewritten(statement);
  }
}

/// What an earlier statement loses with an object that it names.
void History::erase_use(ast::Statement& user, ObjectId id, const ast::Statement& by) {
  if (!user.live() && user.fate != ast::Fate::needs_person) return;
  if (object(id).kind == ObjectKind::role) return erase_role(user, object(id).name.name, by);
  if (is_routine(object(id).kind) && mean_another(user, id, by)) return;
  const auto is_it = [&](const ast::ObjectRef& reference) {
    if (reference.name.object == id) return true;
    return !reference.member.empty() && reference.name.object == object(id).parent &&
           reference.member == object(id).name.name;
  };
  if (auto* view = std::get_if<ast::CreateView>(&user.node)) {
    erase(view->name.object, by);
  } else if (auto* as = std::get_if<ast::CreateTableAs>(&user.node)) {
    if (as->materialized_view) return erase(as->name.object, by);
    const ast::Object& gone = object(id);
    const std::string name =
        (is_member(gone.kind) ? to_string(object(gone.parent).name) + "." : "") + to_string(gone.name);
    outdate_copies(id, by, "`" + name + "`, which it reads, is dropped", true);
  } else if (auto* domain = std::get_if<ast::CreateDomain>(&user.node)) {
    const bool in_default = domain->default_value && names(*domain->default_value, id);
    if (domain->type.name.object == id || in_default) return erase(domain->name.object, by);
    std::erase_if(domain->constraints, [&](const ast::Constraint& one) { return names(one, id); });
    context_.rewritten(user);
  } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&user.node)) {
    std::erase_if(composite->attributes, [&](const ast::Column& one) { return one.type.name.object == id; });
    context_.rewritten(user);
  } else if (auto* function = std::get_if<ast::CreateFunction>(&user.node)) {
    // Its body may name what is gone, its signature cannot.
    bool in_signature = function->returns->name.object == id;
    for (const ast::FunctionParameter& parameter : function->parameters)
      in_signature = in_signature || parameter.type.name.object == id;
    if (in_signature) erase(function->name.object, by);
  } else if (auto* trigger = std::get_if<ast::CreateTrigger>(&user.node)) {
    const ObjectId itself = binder_.names.find_in(trigger->table.object, ObjectKind::trigger, trigger->name);
    if (itself != ast::no_object) {
      erase(itself, by);
    } else {
      leave_out(user, by);
    }
  } else if (auto* policy = std::get_if<ast::CreatePolicy>(&user.node)) {
    const ObjectId itself = binder_.names.find_in(policy->table.object, ObjectKind::policy, policy->name);
    if (itself != ast::no_object) {
      erase(itself, by);
    } else {
      leave_out(user, by);
    }
  } else if (std::holds_alternative<ast::CreateIndex>(user.node)) {
    for (const ObjectId index : objects_made_by(user.id)) erase(index, by);
    leave_out(user, by);
  } else if (auto* grant = std::get_if<ast::Grant>(&user.node)) {
    if (grant->all_in_schema) return;
    std::erase_if(grant->objects, is_it);
    if (grant->objects.empty()) {
      leave_out(user, by);
    } else {
      context_.rewritten(user);
    }
  } else if (auto* drop = std::get_if<ast::Drop>(&user.node)) {
    std::erase_if(drop->objects, is_it);
    if (drop->objects.empty()) leave_out(user, by);
  } else if (auto* alter = std::get_if<ast::AlterTable>(&user.node)) {
    if (alter->name.object == id) return leave_out(user, by);
    erase_commands(user, *alter, by, [&](const ast::AlterCommand& command) { return names(command, id); });
  } else if (auto* create = std::get_if<ast::CreateTable>(&user.node)) {
    const ObjectId table = create->name.object;
    if (create->of_type->name.object == id) return erase(table, by);
    const auto goes = [&](const ast::Constraint& one) {
      if (!names(one, id)) return false;
      drop_constraint(one.object, by);
      return true;
    };
    for (ast::Column& column : create->columns) {
      if (column.default_value && names(*column.default_value, id)) {
        if (rows_leave_out(table, column.name)) default_lost(table, column.name);
        column.default_value.reset();
      }
      std::erase_if(column.constraints, goes);
    }
    std::erase_if(create->constraints, goes);
    std::vector<ObjectId> typed;
    for (const ast::Column& column : create->columns) {
      if (column.type.name.object == id || (column.generated && names(*column.generated->expr, id)))
        typed.push_back(column.object);
    }
    for (const ObjectId column : typed) erase_column(table, column, by);
    // A default that calls a sequence names it in a string.
    if (object(id).kind == ObjectKind::sequence) {
      for (ast::Column& column : create->columns) {
        if (!column.default_value) continue;
        const std::optional<ast::Name> sequence = ast::nextval_sequence(*column.default_value);
        const ast::Name& gone = object(id).name;
        const std::string schema = !sequence || sequence->schema.empty() ? "public" : sequence->schema;
        if (!sequence || sequence->name != gone.name || schema != gone.schema) continue;
        if (rows_leave_out(table, column.name)) default_lost(table, column.name);
        column.default_value.reset();
      }
    }
    context_.rewritten(user);
  } else if (std::holds_alternative<ast::Comment>(user.node) ||
             std::holds_alternative<ast::AlterOwner>(user.node) ||
             std::holds_alternative<ast::AlterSequence>(user.node) ||
             std::holds_alternative<ast::AlterEnum>(user.node) ||
             std::holds_alternative<ast::RefreshMaterializedView>(user.node) ||
             std::holds_alternative<ast::Rename>(user.node) ||
             std::holds_alternative<ast::SetSchema>(user.node) ||
             std::holds_alternative<ast::AlterRole>(user.node) ||
             std::holds_alternative<ast::Truncate>(user.node)) {
    leave_out(user, by);
  } else if (std::holds_alternative<ast::SelectStatement>(user.node)) {
    if (is_routine(object(id).kind)) return call_lost(user, id, by);
    leave_out(user, by);
  } else if (const auto* opaque = std::get_if<ast::Opaque>(&user.node)) {
    erase_text(user, *opaque, id, by);
  } else if (ast::changed_table(user.node) != nullptr) {
    erase_row_change(user, id, by);
  } else if (std::holds_alternative<ast::DoBlock>(user.node) && user.live()) {
    if (is_routine(object(id).kind)) return call_lost(user, id, by);
    leave_out(user, by);
  }
}

/// The constraint's name, the index that was made for it (UNIQUE USING INDEX: by a statement of its own), and
/// what is said about it.
void History::drop_constraint(ObjectId constraint, const ast::Statement& by) {
  if (constraint == ast::no_object || !object(constraint).stands()) return;
  for (const ObjectId index : std::vector(binder_.names.members(constraint))) erase(index, by);
  for (const ast::StatementId id : binder_.users(constraint)) {
    ast::Statement& user = statement(id);
    if (!is_before(id, by) || !user.live()) continue;
    if (std::holds_alternative<ast::Comment>(user.node)) leave_out(user, by);
    const auto* as = std::get_if<ast::CreateTableAs>(&user.node);
    if (std::holds_alternative<ast::CreateView>(user.node) || (as != nullptr && as->materialized_view))
      erase_use(user, constraint, by);  // it groups by the key
  }
  binder_.names.drop(constraint, by.id);
}

}  // namespace pg2crdb::bind
