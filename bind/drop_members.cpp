// Columns and constraints that a script drops again, with all that hangs on them.
#include <algorithm>

#include "ast/catalog.h"
#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

void History::erase_column(ObjectId table, ObjectId column, const ast::Statement& by) {
  ast::CreateTable* create = table_of(table);
  if (create == nullptr || column == ast::no_object) return;
  const std::string name = object(column).name.name;
  if (const ast::Column* goes = ast::find_column(*create, name)) lose_numbers_for(table, *goes);
  for (const ObjectId owned : std::vector(binder_.names.members(column))) erase(owned, by);
  const auto holds = [&](const ast::Constraint& constraint) {
    return has(constraint.columns, name) || has(constraint.including, name) || names(constraint, column) ||
           std::any_of(constraint.exclude_elements.begin(), constraint.exclude_elements.end(),
                       [&](const ast::IndexElement& element) { return element.column == name; });
  };
  const std::vector<std::string> key = binder_.primary_key(table).columns;
  // `REFERENCES t` means the primary key.
  const auto refers = [&](const ast::Constraint& constraint) {
    return constraint.kind == ast::Constraint::Kind::foreign_key && constraint.referenced.object == table &&
           has(constraint.referenced_columns.empty() ? key : constraint.referenced_columns, name);
  };
  if (has(key, name)) keep_not_null(*create, key);
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
        if (!own || std::holds_alternative<ast::DropColumn>(command)) return false;
        return std::visit(
            [&](const auto& one) {
              if constexpr (requires { one.column.size(); }) return one.column == name;
              return false;
            },
            command);
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
        keep_not_null(*create, columns_of_key(add->constraint));
    }
    erase_commands(user, *alter, by, [&](const ast::AlterCommand& command) {
      const auto* add = std::get_if<ast::AddConstraint>(&command);
      return add != nullptr && is_it(add->constraint);
    });
  }
  drop_constraint(constraint, by);
}

/// Also where it says USING INDEX and leaves them to that.
std::vector<std::string> History::columns_of_key(const ast::Constraint& key) {
  if (!key.columns.empty()) return key.columns;
  std::vector<std::string> columns;
  for (const ObjectId member : binder_.names.members(key.object)) {
    if (!object(member).made_here()) continue;
    const auto* index = std::get_if<ast::CreateIndex>(&statement(object(member).created).node);
    if (index == nullptr) continue;
    for (const ast::IndexElement& element : index->elements) columns.push_back(element.column);
  }
  return columns;
}

/// PostgreSQL leaves the columns of a primary key NOT NULL when the key goes.
void History::keep_not_null(ast::CreateTable& create, const std::vector<std::string>& columns) {
  for (ast::Column& column : create.columns) {
    if (has(columns, column.name)) column.not_null = true;
  }
}

}  // namespace pg2crdb::bind
