// What belongs to a table: its children, partitions that are made, attached, detached, dropped.
#include <algorithm>

#include "ast/catalog.h"
#include "bind/history.h"
#include "bind/image.h"
#include "support/ascii.h"

namespace pg2crdb::bind {

/// Tables that inherit from the table, and its partitions.
std::vector<ObjectId> History::children(ObjectId table) {
  std::vector<ObjectId> found;
  for (const ast::StatementId user : binder_.users(table)) {
    const auto* create = std::get_if<ast::CreateTable>(&statement(user).node);
    if (create == nullptr || create->name.object == table || !object(create->name.object).stands()) continue;
    if (std::any_of(create->inherits.begin(), create->inherits.end(),
                    [&](const ast::Name& parent) { return parent.object == table; }))
      found.push_back(create->name.object);
  }
  for (const ObjectId partition : partitions_of(table)) {
    if (object(partition).stands() && !detached_.contains(partition)) found.push_back(partition);
  }
  return found;
}

/// Tables that were made or attached as partitions of the table.
std::vector<ObjectId> History::partitions_of(ObjectId table) const {
  std::vector<ObjectId> found;
  if (partitions_.empty()) return found;
  const auto consider = [&](ObjectId id) {
    const auto whole = partitions_.find(id);
    if (whole != partitions_.end() && whole->second == table &&
        std::find(found.begin(), found.end(), id) == found.end())
      found.push_back(id);
  };
  for (const ast::StatementId user : binder_.users(table)) {
    const ast::StatementNode& node = context_.script.statements[user].node;
    if (const auto* create = std::get_if<ast::CreateTable>(&node)) {
      consider(create->name.object);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* attach = std::get_if<ast::AttachPartition>(&command))
          consider(attach->partition.object);
      }
    }
  }
  return found;
}

/// The table and its partitions, and those of partitions.
std::vector<ObjectId> History::with_partitions(ObjectId table) const {
  std::vector<ObjectId> tables{table};
  for (size_t i = 0; i < tables.size(); ++i) {
    for (const ObjectId partition : partitions_of(tables[i])) {
      if (!detached_.contains(partition)) tables.push_back(partition);
    }
  }
  return tables;
}

/// The table whose partition it is, directly or not; itself where it is none.
ObjectId History::whole_of(ObjectId table) const {
  for (auto whole = partitions_.find(table); whole != partitions_.end() && !detached_.contains(table);
       whole = partitions_.find(table))
    table = whole->second;
  return table;
}

/// Whether there are such rows in the table or its children.
bool History::any_rows(ObjectId table, const std::function<bool(const ast::DataBlock&)>& is) {
  if (has_rows(table)) {
    for (const size_t block : rows_[table]) {
      if (is(context_.script.data[block])) return true;
    }
  }
  const std::vector<ObjectId> below = children(table);
  return std::any_of(below.begin(), below.end(), [&](ObjectId child) { return any_rows(child, is); });
}

/// How a column of the table is made: there, in the whole that the table is a partition of, or in what it is
/// LIKE. Null where that is not known.
const ast::Column* History::column_of(ObjectId table, const std::string& name) {
  ast::CreateTable* create = table_of(table);
  if (create == nullptr) return nullptr;
  const ast::Column* own = ast::find_column(*create, name);
  if (own != nullptr && !own->type.empty()) return own;
  if (const ObjectId whole = whole_of(table); whole != table) return column_of(whole, name);
  for (const ast::LikeClause& like : create->likes) {
    const bool defaults =
        std::any_of(like.including.begin(), like.including.end(),
                    [](const std::string& one) { return one == "ALL" || one == "DEFAULTS"; });
    if (const ast::Column* copied = defaults ? column_of(like.table.object, name) : nullptr) return copied;
  }
  return nullptr;
}

namespace {

/// What partitions get with it is followed, or they do not get it.
bool stays_with_whole(const ast::AlterCommand& command) {
  return std::holds_alternative<ast::AddColumn>(command) ||
         std::holds_alternative<ast::AttachPartition>(command) ||
         std::holds_alternative<ast::ValidateConstraint>(command) ||
         std::holds_alternative<ast::OwnerTo>(command) || std::holds_alternative<ast::RowSecurity>(command);
}

/// Children get it, but for ONLY.
bool is_inherited(const ast::AlterCommand& command) {
  return std::holds_alternative<ast::DropColumn>(command) ||
         std::holds_alternative<ast::SetDefault>(command) ||
         std::holds_alternative<ast::SetNotNull>(command) ||
         std::holds_alternative<ast::DropConstraint>(command) ||
         std::holds_alternative<ast::DropExpression>(command);
}

}  // namespace

bool History::has_indexes(ObjectId table) const {
  const std::vector<ObjectId>& members = binder_.names.members(table);
  const auto* create =
      table == ast::no_object || !object(table).made_here()
          ? nullptr
          : std::get_if<ast::CreateTable>(&context_.script.statements[object(table).created].node);
  return (create != nullptr && !create->likes.empty()) ||
         std::any_of(members.begin(), members.end(), [&](ObjectId id) {
           const ast::ObjectKind kind = object(id).kind;
           return kind == ast::ObjectKind::index || kind == ast::ObjectKind::constraint;
         });
}

/// The rows that the partition has go into the whole, which gives them its own defaults.
void History::attach(ast::Statement& statement, ObjectId whole, ObjectId partition) {
  ast::CreateTable* create = table_of(partition);
  for (const ObjectId id : binder_.names.columns(partition)) {
    const std::string& name = object(id).name.name;
    const ast::Column* own = create == nullptr ? nullptr : ast::find_column(*create, name);
    if (own == nullptr || own->generated) continue;
    const ast::Expr* given = default_of(*own);
    ast::SetDefault said{name, {}};
    if (given != nullptr) said.value = *given;
    if (rows_leave_out(partition, name) && differs(whole, said)) default_lost(whole, name);
  }
  partitions_[partition] = whole;
  attached_[partition] = statement.id;
  detached_.erase(partition);
  // PostgreSQL makes the indexes that the partition lacks.
  if (has_indexes(whole) && !has_indexes(partition)) changed_wholes_[whole] = statement.id;
}

/// The partitions of a table get what it gets.
void History::note_changed_whole(const ast::Statement& statement) {
  if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    if (!std::all_of(alter->commands.begin(), alter->commands.end(), stays_with_whole))
      changed_wholes_[alter->name.object] = statement.id;
    if (alter->only && std::any_of(alter->commands.begin(), alter->commands.end(), is_inherited))
      changed_alone_[alter->name.object] = statement.id;
  } else if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
    if (!index->only) changed_wholes_[index->table.object] = statement.id;
  }
}

namespace {

bool has_foreign_key(const ast::CreateTable& create, const ast::Script& script,
                     const std::vector<ast::StatementId>& users) {
  const auto is_key = [](const ast::Constraint& one) {
    return one.kind == ast::Constraint::Kind::foreign_key;
  };
  const auto adds_key = [&](const ast::AlterCommand& command) {
    const auto* add = std::get_if<ast::AddConstraint>(&command);
    return add != nullptr && is_key(add->constraint);
  };
  return std::any_of(create.constraints.begin(), create.constraints.end(), is_key) ||
         std::any_of(create.columns.begin(), create.columns.end(),
                     [&](const ast::Column& column) {
                       return std::any_of(column.constraints.begin(), column.constraints.end(), is_key);
                     }) ||
         std::any_of(users.begin(), users.end(), [&](ast::StatementId id) {
           const auto* alter = std::get_if<ast::AlterTable>(&script.statements[id].node);
           return alter != nullptr && alter->name.object == create.name.object &&
                  std::any_of(alter->commands.begin(), alter->commands.end(), adds_key);
         });
}

}  // namespace

/// What the table has of others becomes its own. False where that is not known.
bool History::make_own(ObjectId table) {
  std::optional<Image> image = read_image(context_.script, binder_, table);
  if (!image) return false;
  ast::Statement& made = statement(object(table).created);
  binder_.make_own(made, std::move(*image));
  context_.rewritten(made);
  add_copied_of(made);
  return true;
}

/// A partition stands alone from here on; the rows that it took along, but were inserted into the whole, are
/// still among those of the whole.
void History::detach(ast::Statement& statement) {
  const std::vector<ObjectId> named = statement.text_objects;
  for (const ObjectId id : named) {
    const auto found = partitions_.find(id);
    if (found == partitions_.end() || std::find(named.begin(), named.end(), found->second) == named.end())
      continue;
    const ObjectId whole = found->second;
    ast::CreateTable* create = table_of(id);
    const ast::CreateTable* parent = table_of(whole);
    if (create != nullptr && create->partition_of->object == whole && whole != ast::no_object) {
      if (parent == nullptr || has_foreign_key(*parent, context_.script, binder_.users(whole)) ||
          !make_own(id))
        continue;
      partition_lost(id, statement);
      create = table_of(id);
      create->partition_of.clear();
      create->bound.reset();
      partitions_.erase(id);
      const auto& opaque = std::get<ast::Opaque>(statement.node);
      if (lower(opaque.text).find("concurrently") != std::string::npos)
        kept_bounds_.emplace_back(id, statement.id);
      return context_.drop(statement, "the table is made by itself");
    }
    const auto attached = attached_.find(id);
    const auto changed = changed_wholes_.find(whole);
    const bool as_before = attached != attached_.end() &&
                           (changed == changed_wholes_.end() || changed->second < attached->second);
    if (as_before && parent != nullptr && !has_foreign_key(*parent, context_.script, binder_.users(whole))) {
      partition_lost(id, statement);
      partitions_.erase(id);
      context_.drop(this->statement(attached->second), "undone in " + line_of(statement.id));
      return context_.drop(statement, "the table is made by itself");
    }
    detached_.insert(id);
    if (as_before || attached == attached_.end()) continue;
    const std::string name = to_string(object(id).name);
    report(detached_changed, statement, name,
           "`" + name + "` is detached from `" + to_string(object(whole).name) +
               "`, and got what that got in " + line_of(changed->second));
  }
}

/// DETACH CONCURRENTLY leaves a CHECK that says what the bounds of the partition said.
void History::report_bounds() {
  for (const auto& [id, by] : kept_bounds_) {
    if (!object(id).stands() || partitions_.contains(id)) continue;
    const std::string name = to_string(object(id).name);
    report(detached_changed, statement(by), name,
           "`" + name + "` keeps its bounds as a CHECK, which is not made: DETACH CONCURRENTLY adds it");
  }
}

/// A child keeps what it inherited.
void History::stop_inheriting(ast::Statement& statement) {
  const std::vector<ObjectId> named = statement.text_objects;
  for (const ObjectId child : named) {
    ast::CreateTable* create = table_of(child);
    const auto is_parent = [&](const ast::Name& one) {
      return std::find(named.begin(), named.end(), one.object) != named.end();
    };
    if (create == nullptr || std::none_of(create->inherits.begin(), create->inherits.end(), is_parent))
      continue;
    const bool alone =
        std::any_of(create->inherits.begin(), create->inherits.end(), [&](const ast::Name& one) {
          const auto changed = changed_alone_.find(one.object);
          return changed != changed_alone_.end() && changed->second > object(child).created;
        });
    std::vector<std::string> before;
    for (const ast::Column& column : create->columns) before.push_back(column.name);
    if (alone || !make_own(child)) {
      const std::string name = to_string(object(child).name);
      report(detached_changed, statement, name,
             "`" + name + "` inherits no longer, and what it has of its parent is not known");
      return context_.needs_person(statement, "what it inherited is not known");
    }
    create = table_of(child);
    if (!stopped_inheriting_.insert(child).second) {  // what is its own since stands as it stood
      const auto place = [&](const ast::Column& one) {
        return std::find(before.begin(), before.end(), one.name) - before.begin();
      };
      std::stable_sort(
          create->columns.begin(), create->columns.end(),
          [&](const ast::Column& left, const ast::Column& right) { return place(left) < place(right); });
    }
    std::erase_if(create->inherits, is_parent);
    return context_.drop(statement, "the table is made by itself");
  }
}

/// NOT OF: the table no longer goes with the type whose attributes it has.
void History::leave_type(ast::Statement& statement) {
  for (const ObjectId table : statement.text_objects) {
    ast::CreateTable* create = table_of(table);
    if (create == nullptr || create->of_type.empty()) continue;
    create->of_type.clear();
    return context_.merge(statement, this->statement(object(table).created), "the table is made so");
  }
}

/// Rows that go with a partition, but were inserted into the whole table: which of them is not known.
void History::partition_lost(ObjectId partition, const ast::Statement& by) {
  for (auto whole = partitions_.find(partition); whole != partitions_.end();
       whole = partitions_.find(whole->second)) {
    if (!has_rows(whole->second)) continue;
    const std::string table = to_string(object(whole->second).name);
    const std::string name = to_string(object(partition).name);
    return report(rows_of_partition, by, name,
                  "rows of `" + table + "` that are in its partition `" + name + "` go with it");
  }
}

}  // namespace pg2crdb::bind
