#include "bind/in_use.h"

#include <algorithm>

#include "ast/describe.h"
#include "ast/walk.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

void InUse::note(const ast::Statement& statement, const Binder::Result& result) {
  if (result.object == ast::no_object) return;
  if (result.met != Binder::Met::nothing && result.met != Binder::Met::replaced) return;
  const auto* as = std::get_if<ast::CreateTableAs>(&statement.node);
  if (std::holds_alternative<ast::CreateView>(statement.node) || (as != nullptr && as->materialized_view) ||
      std::holds_alternative<ast::CreateFunction>(statement.node)) {
    readers_[result.object] = statement.id;
  } else if (std::holds_alternative<ast::CreateTrigger>(statement.node)) {
    triggers_[result.object] = statement.id;
  } else if (std::holds_alternative<ast::CreateIndex>(statement.node)) {
    indexes_[result.object] = statement.id;
  }
}

std::string InUse::used(ObjectId object) const {
  const std::vector<ast::StatementId>& users = binder_.users(object);
  for (const auto& [reader, made] : readers_) {
    const ast::Object& one = script_.objects[reader];
    if (reader == object || !one.stands() || !script_.statements[made].live() ||
        std::find(users.begin(), users.end(), made) == users.end())
      continue;
    return std::string(ast::is_routine(one.kind) ? "routine `" : "view `") + to_string(one.name) +
           "` uses `" + to_string(script_.objects[object].name) + "`";
  }
  return {};
}

/// By a routine whose body is a string: PostgreSQL does not know that it names the object, and drops it. One
/// of triggers is read with these; what it names then takes the table of the trigger along (cockroachdb
/// #146722), or is not dropped (#140074).
std::string InUse::named_in_body(ObjectId object, const std::string& leaving) const {
  if (object == ast::no_object) return {};
  const std::vector<ast::StatementId>& users = binder_.users(object);
  for (const auto& [reader, made] : readers_) {
    const ast::Object& one = script_.objects[reader];
    const ast::Statement& statement = script_.statements[made];
    const auto* routine = std::get_if<ast::CreateFunction>(&statement.node);
    if (routine == nullptr || reader == object || !one.stands() || !statement.live() ||
        routine->bound_when_made() || (!leaving.empty() && one.name.schema == leaving) ||
        (routine->returns->name.name == "trigger" && triggers_of(reader).empty()) ||
        std::find(users.begin(), users.end(), made) == users.end())
      continue;
    return "the body of `" + to_string(one.name) + "` names `" + to_string(script_.objects[object].name) +
           "`";
  }
  return {};
}

/// Those that go with it where CASCADE drops it, each once.
std::vector<ObjectId> InUse::views_over(ObjectId object) const {
  std::vector<ObjectId> found;
  const auto add_over = [&](ObjectId read) {
    const std::vector<ast::StatementId>& users = binder_.users(read);
    for (const auto& [reader, made] : readers_) {
      const ast::Object& one = script_.objects[reader];
      const bool reads = !ast::is_routine(one.kind) && one.stands() && script_.statements[made].live() &&
                         std::ranges::find(users, made) != users.end();
      if (reads && reader != object && std::ranges::find(found, reader) == found.end())
        found.push_back(reader);
    }
  };
  if (object != ast::no_object) add_over(object);
  for (size_t i = 0; i < found.size(); ++i) add_over(found[i]);
  return found;
}

std::string InUse::refuses(const ast::Statement& statement) const {
  if (const auto* drop = std::get_if<ast::Drop>(&statement.node)) {
    const bool is_named_in_bodies = drop->kind == ObjectKind::table || drop->kind == ObjectKind::view ||
                                    drop->kind == ObjectKind::materialized_view ||
                                    drop->kind == ObjectKind::sequence || drop->kind == ObjectKind::type ||
                                    ast::is_routine(drop->kind);
    for (const ast::ObjectRef& one :
         drop->kind == ObjectKind::schema ? drop->objects : std::vector<ast::ObjectRef>()) {
      for (const ObjectId inside : binder_.names.in_schema(one.name.name)) {
        if (std::string by = named_in_body(inside, one.name.name); !by.empty()) return by;
        for (const ObjectId view : views_over(inside)) {
          if (std::string by = named_in_body(view, one.name.name); !by.empty()) return by;
        }
      }
    }
    for (const ast::ObjectRef& one : is_named_in_bodies ? drop->objects : std::vector<ast::ObjectRef>()) {
      if (std::string by = named_in_body(one.name.object); !by.empty()) return by;
      for (const ObjectId view : drop->cascade ? views_over(one.name.object) : std::vector<ObjectId>()) {
        if (std::string by = named_in_body(view); !by.empty()) return by;
      }
    }
    return {};
  }
  if (const auto* rename = std::get_if<ast::Rename>(&statement.node)) {
    ObjectId id = rename->object.name.object;
    if (id != ast::no_object && !rename->object.member.empty()) {
      if (rename->object.kind != ObjectKind::column) return {};
      id = binder_.names.find_in(id, ObjectKind::column, rename->object.member);
    }
    if (id == ast::no_object) return {};
    if (rename->object.kind != ObjectKind::schema) return used(id);
    for (const ObjectId inside : binder_.names.in_schema(script_.objects[id].name.name)) {
      if (std::string by = inside == id ? std::string() : used(inside); !by.empty()) return by;
    }
  } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
    const ObjectId id = move->object.name.object;
    const bool moves = id != ast::no_object && script_.objects[id].name.schema != move->schema;
    return moves ? used(id) : std::string();
  } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    return alter->name.object == ast::no_object ? std::string() : refuses(alter->name.object, *alter);
  }
  return {};
}

std::string InUse::refuses(ObjectId table, const ast::AlterTable& alter) const {
  for (const ast::AlterCommand& command : alter.commands) {
    if (const auto* set = std::get_if<ast::SetType>(&command)) {
      const ObjectId column = binder_.names.find_in(table, ObjectKind::column, set->column);
      if (column == ast::no_object) continue;
      if (std::string by = used(column); !by.empty()) return by;
      if (std::string by = index_over(table, column); !by.empty()) return by;
    } else if (const auto* drop = std::get_if<ast::DropColumn>(&command)) {
      const Binder::Key key = binder_.primary_key(table);
      const bool stands = key.constraint != ast::no_object && script_.objects[key.constraint].stands();
      if (stands && std::find(key.columns.begin(), key.columns.end(), drop->column) != key.columns.end())
        return "the primary key of `" + to_string(alter.name) + "` is over `" + drop->column + "`";
      const ObjectId column = binder_.names.find_in(table, ObjectKind::column, drop->column);
      if (std::string by = named_in_body(column); !by.empty()) return by;
      for (const ObjectId view : drop->cascade ? views_over(column) : std::vector<ObjectId>()) {
        if (std::string by = named_in_body(view); !by.empty()) return by;
      }
    }
  }
  return {};
}

/// A partial index whose condition reads the column.
std::string InUse::index_over(ObjectId table, ObjectId column) const {
  for (const auto& [index, made] : indexes_) {
    const ast::Object& one = script_.objects[index];
    if (!one.stands() || one.parent != table || !script_.statements[made].live()) continue;
    const auto& create = std::get<ast::CreateIndex>(script_.statements[made].node);
    if (!create.where) continue;
    bool reads = false;
    ast::Visitor visitor;
    visitor.expr = [&](ast::Expr& expr) {
      const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
      reads |= reference != nullptr && reference->object == column;
    };
    ast::Expr where = *create.where;
    walk(where, visitor);
    if (reads)
      return "the condition of index `" + one.name.name + "` reads `" + script_.objects[column].name.name +
             "`";
  }
  return {};
}

std::vector<ast::CreateTrigger> InUse::triggers_of(ObjectId function) const {
  std::vector<ast::CreateTrigger> found;
  for (const auto& [trigger, made] : triggers_) {
    const ast::Object& one = script_.objects[trigger];
    if (!one.stands() || !script_.statements[made].live() || !script_.objects[one.parent].stands()) continue;
    ast::CreateTrigger create = std::get<ast::CreateTrigger>(script_.statements[made].node);
    if (create.function.object != function) continue;
    create.name = one.name.name;
    create.or_replace = false;
    create.table = script_.objects[one.parent].name;
    create.table.object = one.parent;
    create.function = script_.objects[function].name;
    create.function.object = function;
    found.push_back(std::move(create));
  }
  return found;
}

}  // namespace pg2crdb::bind
