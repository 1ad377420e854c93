// What PostgreSQL refuses: names of what is not there yet, of what is there already, of columns and keys that
// a table does not have.
#include <algorithm>

#include "ast/describe.h"
#include "ast/serial.h"
#include "bind/absence.h"
#include "bind/history.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

/// Whether a name means one object only, wherever that is: in a search_path of several schemas it may mean
/// something on the target in another one.
bool Binder::is_certain(const ast::Name& name) const {
  return !name.schema.empty() || path_.size() <= 1;
}

/// The statement is about what nothing has made so far.
void Binder::note_early(ObjectId object, bool certain) {
  if (!looking_ || !all_seen_ || !certain || script_.objects[object].made_here()) return;
  if (!forgives_absence(current_->node)) early_[object].push_back(current_->id);
}

/// Where the order is kept, and nothing is there of that name: whether it was dropped.
bool Binder::note_dropped(const ast::Name& name) {
  if (!in_order || !looking_ || !all_seen_ || !is_certain(name) ||
      std::holds_alternative<ast::CreateFunction>(current_->node) || forgives_absence(current_->node))
    return false;
  const ObjectId before = names.former(ObjectKind::table, name, path_);
  if (before == ast::no_object || script_.objects[before].stands()) return false;
  dropped_ = before;
  return true;
}

/// It is dropped, or has another name from there on.
void Binder::forget_early(const ast::ObjectRef& renamed) {
  if (!renamed.member.empty()) return;
  if (renamed.kind != ObjectKind::schema) {
    early_.erase(renamed.name.object);
    return;
  }
  for (const ObjectId id : names.in_schema(renamed.name.name)) early_.erase(id);
}

/// A CREATE makes what was taken to be on the target. One that is conditional may meet it there.
void Binder::give_way(ObjectId object, bool conditional, Result& result) {
  const auto early = early_.find(object);
  if (early != early_.end() && all_seen_ && !conditional) {
    result.awaited = object;
    result.early = std::move(early->second);
  }
  names.drop(object, current_->id);
}

void Binder::note_key(ObjectId table, const ast::Constraint& key, const std::string& column) {
  using Kind = ast::Constraint::Kind;
  if (key.kind != Kind::primary_key && key.kind != Kind::unique) return;
  if (!key.using_index.empty()) {
    other_keys_.insert(table);
    return;
  }
  note_key(table, key.object, key.columns.empty() ? std::vector{column} : key.columns,
           key.kind == Kind::primary_key);
}

void Binder::note_key(ObjectId index, const ast::CreateIndex& create) {
  const bool whole = !create.where && std::none_of(create.elements.begin(), create.elements.end(),
                                                   [](const auto& one) { return one.column.empty(); });
  if (!create.unique || !whole) return;
  std::vector<std::string> columns;
  for (const ast::IndexElement& element : create.elements) columns.push_back(element.column);
  note_key(create.table.object, index, columns, false);
}

void Binder::note_key(ObjectId table, ObjectId object, const std::vector<std::string>& columns,
                      bool primary) {
  UniqueKey key;
  key.object = object;
  key.primary = primary;
  for (const std::string& column : columns)
    key.columns.push_back(names.find_in(table, ObjectKind::column, column));
  std::sort(key.columns.begin(), key.columns.end());
  keys_[table].push_back(std::move(key));
}

/// Whether the table has a key of these columns; without any, whether it has a primary key.
bool Binder::has_key(ObjectId table, const std::vector<std::string>& columns) const {
  const auto known = keys_.find(table);
  if (known == keys_.end()) return false;
  std::vector<ObjectId> wanted;
  for (const std::string& column : columns)
    wanted.push_back(names.find_in(table, ObjectKind::column, column));
  std::sort(wanted.begin(), wanted.end());
  return std::any_of(known->second.begin(), known->second.end(), [&](const UniqueKey& key) {
    return script_.objects[key.object].stands() && (columns.empty() ? key.primary : key.columns == wanted);
  });
}

/// Notes a foreign key to what is no key of its table.
void Binder::look_for_key(const ast::Constraint& constraint) {
  const ObjectId table = constraint.referenced.object;
  if (constraint.kind != ast::Constraint::Kind::foreign_key || !looking_ ||
      result_.unkeyed_in != ast::no_object || other_keys_.contains(table) || !knows_all_columns(table))
    return;
  const auto& create = std::get<ast::CreateTable>(script_.statements[script_.objects[table].created].node);
  const std::vector<std::string>& columns = constraint.referenced_columns;
  const bool misses_column = std::any_of(columns.begin(), columns.end(),
                                         [&](const std::string& column) { return lacks(table, column); });
  if (!create.partition_of.empty() || !create.likes.empty() || misses_column || has_key(table, columns))
    return;
  result_.unkeyed_in = table;
  result_.unkeyed = columns;
}

void Binder::look_for_keys(const ast::AlterTable& alter) {
  using Kind = ast::Constraint::Kind;
  std::vector<const ast::Constraint*> added;
  for (const ast::AlterCommand& command : alter.commands) {
    if (const auto* constraint = std::get_if<ast::AddConstraint>(&command)) {
      added.push_back(&constraint->constraint);
    } else if (const auto* column = std::get_if<ast::AddColumn>(&command)) {
      for (const ast::Constraint& one : column->column.constraints) added.push_back(&one);
    }
  }
  // The foreign keys of a statement come behind its other keys.
  const bool adds_key = std::any_of(added.begin(), added.end(), [](const ast::Constraint* one) {
    return one->kind == Kind::primary_key || one->kind == Kind::unique;
  });
  for (const ast::Constraint* one : added) {
    if (!adds_key || one->referenced.object != alter.name.object) look_for_key(*one);
  }
}

namespace {

void hold_back_early(PassContext& context, const ast::Statement& made, const Binder::Result& result) {
  const std::string name = to_string(context.script.objects[result.awaited].name);
  for (const ast::StatementId id : result.early) {
    ast::Statement& early = context.script.statements[id];
    if (!early.live()) continue;
    const std::string place = " is made in " + PassContext::line_of(made) +
                              (share_file(made.span, early.span) ? "" : " of a later file") + " only";
    context.report(rules[History::object_later], early, name, "`" + name + "`" + place);
    context.needs_person(early, name + place);
  }
}

/// Of what gives a column its value PostgreSQL takes one; empty where there is no second.
std::string two_values(const ast::Column& column) {
  const bool is_serial = !ast::integer_of_serial(column.type).empty();
  if (is_serial && column.default_value) return "has two defaults";
  const bool has_default = is_serial || column.default_value;
  if (has_default && column.identity) return "has a default and is an identity column";
  if (has_default && column.generated) return "has a default and is a generated column";
  return column.identity && column.generated ? "is an identity column and a generated one" : std::string();
}

/// Whether the statement makes such a column, which is told.
bool hold_back_two_values(PassContext& context, ast::Statement& statement) {
  const ast::Name* table = nullptr;
  const auto refuses = [&](const ast::Column& column) {
    const std::string why = two_values(column);
    if (why.empty()) return false;
    const std::string whole = to_string(*table) + "." + column.name;
    context.report(rules[History::duplicate_default], statement, whole, "`" + whole + "` " + why);
    context.needs_person(statement, whole + " " + why);
    return true;
  };
  if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
    table = &create->name;
    return std::ranges::any_of(create->columns, refuses);
  }
  const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
  if (alter == nullptr) return false;
  table = &alter->name;
  return std::ranges::any_of(alter->commands, [&](const ast::AlterCommand& command) {
    const auto* add = std::get_if<ast::AddColumn>(&command);
    return add != nullptr && refuses(add->column);
  });
}

}  // namespace

void hold_back_refused(PassContext& context, ast::Statement& statement, const Binder::Result& result) {
  if (hold_back_two_values(context, statement)) return;
  if (result.awaited != ast::no_object) hold_back_early(context, statement, result);
  if (!result.column_twice.empty()) {
    const std::string name = ast::statement_object(statement.node);
    context.report(rules[History::duplicate_object], statement, name,
                   "`" + name + "` has two columns `" + result.column_twice + "`");
    context.needs_person(statement, "it has two columns " + result.column_twice);
  } else if (result.dropped != ast::no_object) {
    const ast::Object& gone = context.script.objects[result.dropped];
    const std::string name = to_string(gone.name);
    const std::string since =
        " is dropped in " + PassContext::line_of(context.script.statements[gone.dropped]);
    context.report(rules[History::missing_relation], statement, name, "`" + name + "`" + since);
    context.needs_person(statement, name + since);
  } else if (!result.missing_column.empty()) {
    const std::string table = to_string(context.script.objects[result.missing_in].name);
    context.report(rules[History::missing_column], statement, table,
                   "`" + table + "` has no column `" + result.missing_column + "`");
    context.needs_person(statement, table + " has no column " + result.missing_column);
  } else if (result.unkeyed_in != ast::no_object) {
    const std::string table = to_string(context.script.objects[result.unkeyed_in].name);
    std::string columns;
    for (const std::string& column : result.unkeyed) columns += (columns.empty() ? "" : ", ") + column;
    const std::string what = columns.empty() ? "no primary key" : "no unique key of (" + columns + ")";
    context.report(rules[History::missing_key], statement, table,
                   "`" + table + "` has " + what + ", which a foreign key refers to");
    context.needs_person(statement, table + " has " + what);
  }
}

std::string taken_name(const ast::Statement& statement, const ast::Object& there) {
  const std::string name = ast::statement_object(statement.node);
  return there.kind == ast::ObjectKind::column ? name + "." + there.name.name : name;
}

void hold_back_taken(PassContext& context, ast::Statement& statement, const std::string& name,
                     const std::string& since) {
  context.report(rules[History::duplicate_object], statement, name, "`" + name + "` is " + since);
  context.needs_person(statement, "what it creates is " + since);
}

}  // namespace pg2crdb::bind
