// What is renamed or moved is made under the name that it ends up with, and every statement before is written
// as if it had always been called so.
#include <algorithm>
#include <utility>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/shown_name.h"
#include "ast/walk.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "target/quote.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

bool is_call_of(const ast::Expr& expr, ObjectId routine) {
  const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
  return call != nullptr && call->name.object == routine;
}

/// A parameter that a body calls by the routine's name, `f.a`; empty where it does not.
std::string own_name_in_body(const ast::Statement& created, const std::string& routine) {
  const auto* function = std::get_if<ast::CreateFunction>(&created.node);
  if (function == nullptr) return {};
  for (const ast::FunctionParameter& parameter : function->parameters) {
    const std::string own = routine + "." + parameter.name;
    const bool says = std::any_of(function->body.begin(), function->body.end(), [&](const std::string& body) {
      return body.find(own) != std::string::npos;
    });
    if (says && !parameter.name.empty()) return own;
  }
  return {};
}

}  // namespace

/// A name as it is written: the schema only where the name before had one, or where it is not public.
void write_name(ast::Name& name, const ast::Name& now) {
  const bool bare = name.schema.empty() && now.schema == "public";
  name.name = now.name;
  if (!bare) name.schema = now.schema;
}

void History::rename(ast::Statement& statement, const ast::Rename& rename) {
  const ast::ObjectRef& reference = rename.object;
  if (reference.kind == ObjectKind::schema) {
    const ObjectId schema = reference.name.object;
    if (schema == ast::no_object || !object(schema).made_here()) return;
    rename_schema(reference.name.name, rename.new_name, statement);
    return context_.merge(statement, this->statement(object(schema).created),
                          "the schema is made under that name");
  }
  if (reference.kind == ObjectKind::role) {
    const ObjectId role = reference.name.object;
    if (role == ast::no_object || !object(role).made_here()) return;
    rename_role(role, reference.name.name, rename.new_name);
    return context_.merge(statement, this->statement(object(role).created),
                          "the role is made under that name");
  }
  if (!reference.member.empty()) {
    const ObjectId relation = reference.name.object;
    if (relation == ast::no_object || !object(relation).made_here()) return;
    const ObjectId member = binder_.names.find_in(relation, reference.kind, reference.member);
    if (member == ast::no_object) return;
    if (reference.kind == ObjectKind::column) {
      if (!rename_column(relation, member, rename.new_name, statement)) return;
    } else if (reference.kind == ObjectKind::constraint) {
      rename_constraint(relation, member, rename.new_name);
    } else if (reference.kind == ObjectKind::trigger || reference.kind == ObjectKind::policy) {
      rename_member(member, rename.new_name);
    } else {
      return;
    }
    const ObjectId home =
        reference.kind == ObjectKind::column || reference.kind == ObjectKind::constraint ? relation : member;
    return context_.merge(statement, this->statement(object(home).created), "it is made under that name");
  }
  const ObjectId id = reference.name.object;
  if (id == ast::no_object || !object(id).made_here()) return;
  ast::Name name = object(id).name;
  name.name = rename.new_name;
  const ObjectId there =
      is_routine(reference.kind) ? ast::no_object : binder_.names.find(object(id).kind, name, {});
  if (there != ast::no_object && there != id && object(there).made_here())
    return name_taken(statement, to_string(name), there);
  if (!rename_object(id, name, statement)) return;
  context_.merge(statement, this->statement(object(id).created), "it is made under that name");
}

void History::set_schema(ast::Statement& statement, const ast::SetSchema& alter) {
  const ObjectId id = alter.object.name.object;
  if (id == ast::no_object || !object(id).made_here()) return;
  ast::Name name = object(id).name;
  const std::string from = std::exchange(name.schema, alter.schema);
  if (!rename_object(id, name, statement)) return;
  moved_from_.emplace(id, from);
  // Indexes and owned sequences go with their table.
  for (const ObjectId member : std::vector(binder_.names.members(id))) {
    for (const ObjectId inner : std::vector(binder_.names.members(member)))
      move_along(inner, alter.schema, statement);
    if (object(member).kind == ObjectKind::index) move_along(member, alter.schema, statement);
  }
  context_.merge(statement, this->statement(object(id).created), "it is made in that schema");
}

void History::move_along(ObjectId id, const std::string& schema, const ast::Statement& by) {
  if (object(id).kind != ObjectKind::index && object(id).kind != ObjectKind::sequence) return;
  ast::Name name = object(id).name;
  name.schema = schema;
  rename_object(id, name, by);
}

/// Names that PostgreSQL chose stay what they are when the table or column that they came from is renamed.
void History::pin_names(ObjectId table) {
  if (ast::CreateTable* create = table_of(table)) {
    std::vector<std::string> serial;
    for (ast::Column& column : create->columns) {
      for (ast::Constraint& constraint : column.constraints) pin(constraint);
      serial.push_back(column.name);
      if (column.identity && column.identity->options.sequence_name.empty()) {
        for (const ObjectId id : binder_.names.members(column.object)) {
          if (!is_made_by_column(context_.script, id)) continue;
          const ast::Name& sequence = object(id).name;
          column.identity->options.sequence_name = ast::Name{sequence.schema, sequence.name};
        }
      }
    }
    for (ast::Constraint& constraint : create->constraints) pin(constraint);
    for (const std::string& column : serial) expand_serial(table, column);
  }
  for (const ObjectId member : binder_.names.members(table)) {
    if (object(member).kind != ObjectKind::index || !object(member).made_here()) continue;
    auto* index = std::get_if<ast::CreateIndex>(&statement(object(member).created).node);
    if (index != nullptr && index->name.empty()) index->name = object(member).name.name;
  }
}

void History::pin(ast::Constraint& constraint) {
  if (constraint.name.empty() && constraint.object != ast::no_object)
    constraint.name = object(constraint.object).name.name;
}

bool History::rename_object(ObjectId id, const ast::Name& name, const ast::Statement& by) {
  const ast::Object before = object(id);
  // Whichever statement gave the column its identity, the table is made with it.
  if (before.parent != ast::no_object && is_made_by_column(context_.script, id)) {
    ast::CreateTable* create = table_of(object(before.parent).parent);
    ast::Column* column =
        create == nullptr ? nullptr : ast::find_column(*create, object(before.parent).name.name);
    if (column != nullptr && column->identity) {
      column->identity->options.sequence_name = ast::Name{name.schema, name.name};
      binder_.names.rename(id, name);
      for (const ast::StatementId user : binder_.users(id)) {
        if (is_before(user, by)) respell(statement(user), id, before.name, name);
      }
      return true;
    }
  }
  ast::Statement& created = statement(before.created);
  if (!created.live() || std::holds_alternative<ast::Opaque>(created.node)) {
    binder_.names.rename(id, name);  // what follows calls it so
    return false;
  }
  if (is_relation(before.kind) && before.kind != ObjectKind::index && before.kind != ObjectKind::sequence)
    pin_names(id);
  // An index of a constraint is the constraint.
  if (before.kind == ObjectKind::index && before.parent != ast::no_object &&
      object(before.parent).kind == ObjectKind::constraint) {
    const ObjectId constraint = before.parent;
    rename_constraint(object(constraint).parent, constraint, name.name);
    if (object(id).name.schema != name.schema) binder_.names.rename(id, name);
    return true;
  }
  if (before.kind == ObjectKind::sequence && before.parent != ast::no_object &&
      std::holds_alternative<ast::CreateTable>(created.node))
    expand_serial(object(before.parent).parent, object(before.parent).name.name);
  binder_.names.rename(id, name);
  if (const std::string own = own_name_in_body(created, before.name.name);
      !own.empty() && before.name.name != name.name)
    binder_.gone.push_back({created.id, own, id, name.name});
  std::vector<ast::StatementId> users = binder_.users(id);
  users.push_back(object(id).created);
  std::sort(users.begin(), users.end());
  users.erase(std::unique(users.begin(), users.end()), users.end());
  const size_t added = context_.script.statements.size();
  for (const ast::StatementId user : users) {
    if (user >= added || user == by.id) continue;
    if (is_routine(before.kind) && other_meaning(statement(user), id) != ast::no_object)
      tell_unsure_call(statement(user), before.name, by);
    respell(statement(user), id, before.name, name);
  }
  if (before.kind == ObjectKind::index) {
    if (auto* index = std::get_if<ast::CreateIndex>(&statement(object(id).created).node))
      index->name = name.name;
  }
  for (const size_t block : rows_[id]) write_name(context_.script.data[block].table, name);
  return true;
}

/// Writes the object's new name wherever the statement names it.
void History::respell(ast::Statement& user, ObjectId id, const ast::Name& before, const ast::Name& now) {
  if (user.fate == ast::Fate::dropped || user.fate == ast::Fate::merged) return;
  if (lost_.contains(user.id) && ast::changed_table(user.node) != nullptr) return;
  bool changed = false;
  // A table that is read under its own name gives columns their qualifier.
  bool aliased = false;
  // What a WITH calls so would be read in its place: the schema tells it apart, the old name stays its alias.
  bool hidden = false;
  TreeEdit look;
  look.common_table = [&](ast::CommonTable& table) { hidden = hidden || table.name == now.name; };
  look.from = [&](ast::FromItem& item) {
    const auto* table = std::get_if<ast::TableRef>(&item.node);
    aliased = aliased || (table != nullptr && table->alias.name == before.name);
  };
  edit(user.node, look);
  TreeEdit rewrite;
  hidden = hidden && is_relation(object(id).kind);
  aliased = aliased || hidden;
  rewrite.from = [&](ast::FromItem& item) {
    ast::Alias* alias = nullptr;
    if (auto* table = std::get_if<ast::TableRef>(&item.node);
        table != nullptr && hidden && table->name.object == id && table->name.schema.empty()) {
      table->name.schema = before.schema;
      alias = &table->alias;
    } else if (auto* function = std::get_if<ast::FunctionRef>(&item.node);
               function != nullptr && function->functions.size() == 1 && is_routine(object(id).kind) &&
               is_call_of(*function->functions[0].call, id)) {
      alias = &function->alias;  // columns and the row are called by it
    }
    if (alias != nullptr && alias->name.empty() && before.name != now.name) alias->name = before.name;
  };
  // A column that a query names after a call, a cast or a whole row keeps that name.
  rewrite.target = [&](ast::SelectItem& item) {
    if (item.alias.empty() && before.name != now.name && index_column_name(*item.expr) == before.name &&
        names(*item.expr, id))
      item.alias = before.name;
  };
  rewrite.name = [&](ast::Name& name) {
    if (name.object != id) return;
    write_name(name, now);
    if (name.schema.empty() && binder_.names.is_in_pg_catalog(object(id).kind, name.name))
      name.schema = now.schema;
    changed = true;
  };
  rewrite.column = [&](ast::ColumnRef& column) {
    if (aliased) return;
    const bool of_it = column.object != ast::no_object && object(column.object).parent == id;
    if (column.star && column.names.size() == 1 && column.names[0] == before.name && names(user.node, id)) {
      column.names[0] = now.name;
    } else if (column.object == id && column.names.size() == 1 && column.names[0] == before.name) {
      column.names[0] = now.name;
    } else if (of_it && column.names.size() >= 2 && column.names[column.names.size() - 2] == before.name) {
      column.names[column.names.size() - 2] = now.name;
      if (column.names.size() >= 3) column.names[column.names.size() - 3] = now.schema;
    }
  };
  const auto literal = [&](ast::Literal* one) {
    std::optional<ast::Name> name = one == nullptr ? std::nullopt : ast::parse_regclass(one->text);
    if (!name || name->name != before.name) return;
    if (!name->schema.empty() ? name->schema != before.schema : before.schema != "public") return;
    write_name(*name, now);
    one->text = ast::regclass_text(*name);
    changed = true;
  };
  if (is_relation(object(id).kind)) {
    rewrite.call = [&](ast::FunctionCall& call) {
      if (!is_found_when_run(call, user.node)) literal(ast::relation_literal(call));
    };
    rewrite.cast = [&](ast::Cast& cast) {
      if (cast.type.name.name == "regclass") literal(std::get_if<ast::Literal>(&cast.argument->node));
    };
  }
  edit(user.node, rewrite);
  const auto owner = [&](ast::SequenceOptions& options) {
    std::vector<std::string>& owned = options.owned_by;
    if (owned.size() < 2 || owned[owned.size() - 2] != before.name) return;
    if (owned.size() > 2 ? owned[owned.size() - 3] != before.schema : before.schema != "public") return;
    ast::Name table{owned.size() > 2 ? owned[owned.size() - 3] : std::string(), owned[owned.size() - 2]};
    write_name(table, now);
    owned = table.schema.empty() ? std::vector{table.name, owned.back()}
                                 : std::vector{table.schema, table.name, owned.back()};
    changed = true;
  };
  if (auto* sequence = std::get_if<ast::AlterSequence>(&user.node)) owner(sequence->options);
  if (auto* sequence = std::get_if<ast::CreateSequence>(&user.node)) owner(sequence->options);
  changed = respell_text(user, id, before, now) || changed;
  if (changed) context_.rewritten(user);
}

void History::rename_constraint(ObjectId table, ObjectId id, const std::string& name) {
  const auto set = [&](ast::Constraint& constraint) {
    if (constraint.object == id) constraint.name = name;
  };
  if (ast::CreateTable* create = table_of(table)) {
    for (ast::Column& column : create->columns) {
      for (ast::Constraint& constraint : column.constraints) set(constraint);
    }
    for (ast::Constraint& constraint : create->constraints) set(constraint);
  }
  const std::string before = object(id).name.name;
  for (const ast::StatementId user : binder_.users(table)) {
    ast::Statement& one = statement(user);
    if (auto* alter = std::get_if<ast::AlterTable>(&one.node)) {
      for (ast::AlterCommand& command : alter->commands) {
        if (auto* add = std::get_if<ast::AddConstraint>(&command)) set(add->constraint);
      }
    } else if (auto* comment = std::get_if<ast::Comment>(&one.node)) {
      if (comment->object.kind == ObjectKind::constraint && comment->object.name.object == table &&
          comment->object.member == before)
        comment->object.member = name;
    } else if (auto* insert = std::get_if<ast::Insert>(&one.node)) {
      if (!insert->conflict || insert->table.name.object != table || insert->conflict->constraint != before)
        continue;
      insert->conflict->constraint = name;
      context_.rewritten(one);
    }
  }
  binder_.names.rename(id, {{}, name});
  for (const ObjectId index : std::vector(binder_.names.members(id)))
    binder_.names.rename(index, {object(index).name.schema, name});
}

void History::rename_member(ObjectId id, const std::string& name) {
  const ast::Object before = object(id);
  ast::Statement& created = statement(before.created);
  if (auto* trigger = std::get_if<ast::CreateTrigger>(&created.node)) trigger->name = name;
  if (auto* policy = std::get_if<ast::CreatePolicy>(&created.node)) policy->name = name;
  for (const ast::StatementId user : binder_.users(id)) {
    respell_member(statement(user), id, name);
    auto* comment = std::get_if<ast::Comment>(&statement(user).node);
    if (comment != nullptr && comment->object.kind == before.kind &&
        comment->object.member == before.name.name)
      comment->object.member = name;
  }
  binder_.names.rename(id, {{}, name});
}

void History::rename_schema(const std::string& from, const std::string& to, const ast::Statement& by) {
  const std::vector<ObjectId> inside = binder_.names.in_schema(from);
  const ObjectId schema = binder_.names.find(ObjectKind::schema, {{}, from}, {});
  for (const ObjectId id : inside) {
    if (id == schema) continue;
    ast::Name name = object(id).name;
    const ast::Name before = name;
    name.schema = to;
    binder_.names.rename(id, name);
    if (object(id).made_here()) respell(statement(object(id).created), id, before, name);
    for (const ast::StatementId user : binder_.users(id)) {
      if (is_before(user, by)) respell(statement(user), id, before, name);
    }
    for (const size_t block : rows_[id]) write_name(context_.script.data[block].table, name);
  }
  ast::Statement& created = statement(object(schema).created);
  if (auto* create = std::get_if<ast::CreateSchema>(&created.node)) create->name = to;
  for (const ast::StatementId user : binder_.users(schema)) respell_schema(statement(user), from, to);
  binder_.names.rename(schema, {{}, to});
  for (auto& [id, moved] : moved_from_) {
    if (moved == from) moved = to;
  }
}

void History::respell_schema(ast::Statement& user, const std::string& from, const std::string& to) {
  const auto object = [&](ast::ObjectRef& reference) {
    if (reference.kind == ObjectKind::schema && reference.name.name == from) reference.name.name = to;
  };
  if (auto* grant = std::get_if<ast::Grant>(&user.node)) {
    for (ast::ObjectRef& one : grant->objects) {
      if (grant->all_in_schema && one.name.name == from) one.name.name = to;
      object(one);
    }
  } else if (auto* owner = std::get_if<ast::AlterOwner>(&user.node)) {
    object(owner->object);
  } else if (auto* comment = std::get_if<ast::Comment>(&user.node)) {
    object(comment->object);
  } else if (auto* defaults = std::get_if<ast::AlterDefaultPrivileges>(&user.node)) {
    std::replace(defaults->schemas.begin(), defaults->schemas.end(), from, to);
  }
}

}  // namespace pg2crdb::bind
