// What a script drops again is not made, and neither is what goes with it.
#include <algorithm>

#include "ast/catalog.h"
#include "ast/sequence_call.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

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

}  // namespace

void History::leave_out(ast::Statement& statement, const ast::Statement& by) {
  if (statement.fate == ast::Fate::dropped || statement.fate == ast::Fate::merged) return;
  context_.drop(statement, "what it is about is dropped again in " + line_of(by.id));
}

void History::drop(ast::Statement& statement, ast::Drop& drop) {
  const size_t before = drop.objects.size();
  ast::StatementId made = ast::no_statement;
  std::erase_if(drop.objects, [&](ast::ObjectRef& reference) {
    ObjectId id = reference.name.object;
    if (!reference.member.empty())
      id = binder_.names.find_in(reference.name.object, drop.kind, reference.member);
    if (id == ast::no_object) return false;
    if (!object(id).made_here()) {
      allow_absence(id, statement);
      binder_.names.drop(id, statement.id);
      return false;
    }
    if (const auto* serial = std::get_if<ast::CreateTable>(&this->statement(object(id).created).node);
        serial != nullptr && object(id).kind == ObjectKind::sequence)
      expand_serials(*serial, id);
    made = object(id).created;
    partition_lost(id, statement);
    const bool conditional = is_conditional(this->statement(made).node);
    // An index of a constraint goes with the constraint only.
    erase(id, statement);
    return !conditional;
  });
  if (drop.objects.empty() && before > 0) {
    context_.drop(statement, "what it drops was made in " + line_of(made) + " and is not made");
  } else if (drop.objects.size() < before) {
    context_.rewritten(statement);
  } else if (made != ast::no_statement && !drop.if_exists) {
    drop.if_exists = true;
    context_.rewritten(statement);
  }
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

/// Rows that go with a partition stand in the rows of the whole table.
void History::partition_lost(ObjectId id, const ast::Statement& by) {
  const ast::CreateTable* create = table_of(id);
  if (create == nullptr || create->partition_of.empty()) return;
  const ObjectId root = create->partition_of.object;
  if (!has_rows(root) && !has_rows(id)) return;
  report(rows_of_partition, by, to_string(create->name),
         "rows of `" + to_string(create->partition_of) + "` that are in its partition `" +
             to_string(create->name) + "` go with it");
}

/// Takes an object out of the output, with all that PostgreSQL drops with it: what lives in it, and what
/// depends on it (where anything does, the script says CASCADE).
void History::erase(ObjectId id, const ast::Statement& by) {
  if (id == ast::no_object || !object(id).stands()) return;
  const ast::Object gone = object(id);
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
    const bool member_statement = gone.kind == ObjectKind::trigger || gone.kind == ObjectKind::policy;
    if (own || member_statement) leave_out(created, by);
  }
  leave_out_rows(id, "their table is dropped again in " + line_of(by.id));
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

/// A routine was run, and nobody knows what it did; what ran is not there any more.
void History::call_lost(ast::Statement& user, ObjectId routine, const ast::Statement& by) {
  const std::string name = to_string(object(routine).name);
  report(routine_ran, user, name, "`" + name + "` is called, and dropped in " + line_of(by.id));
  context_.needs_person(user, "it calls " + name + ", which is dropped in " + line_of(by.id));
}

/// What an earlier statement loses with an object that it names.
void History::erase_use(ast::Statement& user, ObjectId id, const ast::Statement& by) {
  if (!user.live() && user.fate != ast::Fate::needs_person) return;
  if (object(id).kind == ObjectKind::role) return erase_role(user, object(id).name.name, by);
  const auto is_it = [&](const ast::ObjectRef& reference) {
    if (reference.name.object == id) return true;
    return !reference.member.empty() && reference.name.object == object(id).parent &&
           reference.member == object(id).name.name;
  };
  if (auto* view = std::get_if<ast::CreateView>(&user.node)) {
    erase(view->name.object, by);
  } else if (auto* as = std::get_if<ast::CreateTableAs>(&user.node)) {
    if (as->materialized_view) erase(as->name.object, by);
  } else if (const auto* domain = std::get_if<ast::CreateDomain>(&user.node)) {
    if (domain->type.name.object == id) erase(domain->name.object, by);
  } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&user.node)) {
    std::erase_if(composite->attributes, [&](const ast::Column& one) { return one.type.name.object == id; });
    context_.rewritten(user);
  } else if (auto* function = std::get_if<ast::CreateFunction>(&user.node)) {
    // Its body may name what is gone, its signature cannot.
    bool in_signature = function->returns.name.object == id;
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
    for (ObjectId index = 1; index < context_.script.objects.size(); ++index) {
      if (object(index).created == user.id && object(index).stands()) erase(index, by);
    }
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
    if (is_before(id, by) && user.live() && std::holds_alternative<ast::Comment>(user.node))
      leave_out(user, by);
  }
  binder_.names.drop(constraint, by.id);
}

void History::erase_column(ObjectId table, ObjectId column, const ast::Statement& by) {
  ast::CreateTable* create = table_of(table);
  if (create == nullptr || column == ast::no_object) return;
  const std::string name = object(column).name.name;
  for (const ObjectId owned : std::vector(binder_.names.members(column))) erase(owned, by);
  const auto holds = [&](const ast::Constraint& constraint) {
    return has(constraint.columns, name) || has(constraint.including, name) || names(constraint, column) ||
           std::any_of(constraint.exclude_elements.begin(), constraint.exclude_elements.end(),
                       [&](const ast::IndexElement& element) { return element.column == name; });
  };
  const auto refers = [&](const ast::Constraint& constraint) {
    return constraint.referenced.object == table && has(constraint.referenced_columns, name);
  };
  std::erase_if(create->constraints, [&](const ast::Constraint& constraint) {
    if (!holds(constraint) && !refers(constraint)) return false;
    drop_constraint(constraint.object, by);
    return true;
  });
  for (ast::Column& one : create->columns) {
    if (one.name == name) {
      for (const ast::Constraint& constraint : one.constraints) drop_constraint(constraint.object, by);
    }
    std::erase_if(one.constraints, [&](const ast::Constraint& constraint) {
      if (one.name == name || (!names(constraint, column) && !refers(constraint))) return false;
      drop_constraint(constraint.object, by);
      return true;
    });
  }
  std::erase_if(create->columns, [&](const ast::Column& one) { return one.name == name; });
  std::vector<ObjectId> computed;
  for (const ast::Column& one : create->columns) {
    if (one.generated && names(*one.generated->expr, column)) computed.push_back(one.object);
  }
  for (const ObjectId one : computed) erase_column(table, one, by);
  std::vector<ast::StatementId> users = binder_.users(table);
  const std::vector<ast::StatementId> readers = binder_.users(column);
  users.insert(users.end(), readers.begin(), readers.end());
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  for (const ast::StatementId id : users) {
    ast::Statement& user = statement(id);
    if (!is_before(id, by) || !user.live() || id == object(table).created) continue;
    if (auto* alter = std::get_if<ast::AlterTable>(&user.node)) {
      const bool own = alter->name.object == table;
      erase_commands(user, *alter, by, [&](const ast::AlterCommand& command) {
        if (const auto* add = std::get_if<ast::AddConstraint>(&command))
          return own ? holds(add->constraint) : refers(add->constraint);
        if (!own) return false;
        if (const auto* set = std::get_if<ast::SetDefault>(&command)) return set->column == name;
        if (const auto* set = std::get_if<ast::SetNotNull>(&command)) return set->column == name;
        if (const auto* set = std::get_if<ast::SetType>(&command)) return set->column == name;
        if (const auto* add = std::get_if<ast::AddIdentity>(&command)) return add->column == name;
        if (const auto* set = std::get_if<ast::SetIdentity>(&command)) return set->column == name;
        return false;
      });
    } else if (auto* index = std::get_if<ast::CreateIndex>(&user.node)) {
      const bool uses = names(user.node, column) || has(index->including, name) ||
                        std::any_of(index->elements.begin(), index->elements.end(),
                                    [&](const ast::IndexElement& element) { return element.column == name; });
      if (index->table.object == table && uses) erase_use(user, column, by);
    } else if (auto* comment = std::get_if<ast::Comment>(&user.node)) {
      if (comment->object.kind == ObjectKind::column && comment->object.name.object == table &&
          comment->object.member == name)
        leave_out(user, by);
    } else if (auto* grant = std::get_if<ast::Grant>(&user.node)) {
      for (ast::Privilege& privilege : grant->privileges) {
        if (privilege.columns.empty() || !has(privilege.columns, name)) continue;
        std::erase(privilege.columns, name);
        if (privilege.columns.empty()) privilege.name.clear();
      }
      std::erase_if(grant->privileges,
                    [](const ast::Privilege& privilege) { return privilege.name.empty(); });
      if (grant->privileges.empty()) leave_out(user, by);
    } else if (const auto* trigger = std::get_if<ast::CreateTrigger>(&user.node);
               trigger != nullptr && trigger->table.object == table && has(trigger->update_columns, name)) {
      erase_use(user, column, by);
    } else if (auto* other = std::get_if<ast::CreateTable>(&user.node)) {
      const auto goes = [&](const ast::Constraint& constraint) {
        if (!refers(constraint)) return false;
        drop_constraint(constraint.object, by);
        return true;
      };
      std::erase_if(other->constraints, goes);
      for (ast::Column& one : other->columns) std::erase_if(one.constraints, goes);
    } else if (names(user.node, column) ||
               (is_text(user.node) && std::find(readers.begin(), readers.end(), id) != readers.end())) {
      erase_use(user, column, by);
    }
  }
  for (const size_t index : rows_[table]) {
    for (std::string& one : context_.script.data[index].columns) {
      if (one == name) one.clear();
    }
  }
  binder_.names.drop(column, by.id);
  disinherit_column(table, name, by);
}

/// Children lose a column that only the parent declared.
void History::disinherit_column(ObjectId table, const std::string& name, const ast::Statement& by) {
  for (const ObjectId child : children(table)) {
    ast::CreateTable* create = table_of(child);
    const ObjectId column = binder_.names.find_in(child, ObjectKind::column, name);
    if (create == nullptr || column == ast::no_object || ast::find_column(*create, name) != nullptr) continue;
    for (const size_t index : rows_[child]) {
      for (std::string& one : context_.script.data[index].columns) {
        if (one == name) one.clear();
      }
    }
    for (const ast::StatementId user : std::vector(binder_.users(column))) {
      if (is_before(user, by) && statement(user).live() && names(statement(user).node, column))
        erase_use(statement(user), column, by);
    }
    binder_.names.drop(column, by.id);
    disinherit_column(child, name, by);
  }
}

/// A constraint wherever it stands: in the CREATE TABLE, or in an ALTER TABLE that was not folded.
void History::erase_constraint(ObjectId table, ObjectId constraint, const ast::Statement& by) {
  const auto is_it = [&](const ast::Constraint& one) { return one.object == constraint; };
  if (ast::CreateTable* create = table_of(table)) {
    for (ast::Column& column : create->columns) {
      const auto own = std::find_if(column.constraints.begin(), column.constraints.end(), is_it);
      if (own == column.constraints.end()) continue;
      if (own->kind == ast::Constraint::Kind::primary_key) column.not_null = true;
      column.constraints.erase(own);
    }
    const auto own = std::find_if(create->constraints.begin(), create->constraints.end(), is_it);
    if (own != create->constraints.end()) {
      if (own->kind == ast::Constraint::Kind::primary_key) keep_not_null(*create, own->columns);
      create->constraints.erase(own);
    }
    context_.rewritten(statement(object(table).created));
  }
  for (const ast::StatementId id : binder_.users(table)) {
    ast::Statement& user = statement(id);
    auto* alter = is_before(id, by) && user.live() ? std::get_if<ast::AlterTable>(&user.node) : nullptr;
    if (alter == nullptr || alter->name.object != table) continue;
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add == nullptr || !is_it(add->constraint)) continue;
      ast::CreateTable* create = table_of(table);
      if (create != nullptr && add->constraint.kind == ast::Constraint::Kind::primary_key)
        keep_not_null(*create, add->constraint.columns);
    }
    erase_commands(user, *alter, by, [&](const ast::AlterCommand& command) {
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      return add != nullptr && is_it(add->constraint);
    });
  }
  drop_constraint(constraint, by);
}

/// PostgreSQL leaves the columns of a primary key NOT NULL when the key goes.
void History::keep_not_null(ast::CreateTable& create, const std::vector<std::string>& columns) {
  for (ast::Column& column : create.columns) {
    if (has(columns, column.name)) column.not_null = true;
  }
}

}  // namespace pg2crdb::bind
