// Tables and their indexes: what they name, and what they make.
#include <algorithm>

#include "ast/shown_name.h"
#include "bind/binder.h"
#include "bind/equal_keys.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

void Binder::sources(ast::CreateTable& create) {
  for (ast::Name& parent : create.inherits) relation(parent);
  for (ast::LikeClause& like : create.likes) {
    const ObjectId composite = names.find(ObjectKind::type, like.table, path_);
    if (composite != ast::no_object && like.table.object == ast::no_object) spell(like.table, composite);
    relation(like.table);
  }
  if (create.partition_of) relation(*create.partition_of);
  if (create.of_type) type(*create.of_type);
}

namespace {

/// Whether an expression may stand in it.
bool reads_columns(const ast::Constraint& constraint) {
  return constraint.check || constraint.where || !constraint.exclude_elements.empty();
}
bool reads_columns(const ast::Column& column) {
  const auto reads = [](const ast::Constraint& one) { return reads_columns(one); };
  return column.default_value || column.generated ||
         std::any_of(column.constraints.begin(), column.constraints.end(), reads);
}
bool reads_columns(const ast::CreateTable& create) {
  const auto reads = [](const auto& part) { return reads_columns(part); };
  return create.partition_by || std::any_of(create.columns.begin(), create.columns.end(), reads) ||
         std::any_of(create.constraints.begin(), create.constraints.end(), reads);
}
bool reads_columns(const ast::CreateIndex& create) {
  return create.where || std::any_of(create.elements.begin(), create.elements.end(),
                                     [](const ast::IndexElement& one) { return bool(one.expr); });
}

}  // namespace

void Binder::parts(ast::CreateTable& create) {
  const ObjectId table = create.name.object;
  const Scope scope = reads_columns(create) ? scope_of(table, create.name) : Scope();
  for (ast::Column& column : create.columns) {
    tree(column, &scope);
    for (ast::Constraint& one : column.constraints) constraint(one, table, scope);
  }
  for (ast::Constraint& one : create.constraints) constraint(one, table, scope);
  if (create.bound) tree(*create.bound, nullptr);  // MINVALUE looks like a column
  if (create.partition_by) tree(*create.partition_by, &scope);
}

void Binder::statement(ast::CreateTable& create) {
  sources(create);
  if (create.persistence == ast::Persistence::temporary) {
    create.name.object = result_.object =
        names.create(ObjectKind::table, {"pg_temp", create.name.name}, current_->id);
    copy_likes(create);
    copy_attributes(create);
    if (changed_) parts(create);
    return add_copied_keys(create);
  }
  result_ = this->create(ObjectKind::table, create.name, false, create.if_not_exists);
  if (result_.met == Met::existing || result_.met == Met::taken) return;
  const ObjectId table = result_.object;
  if (!create.source_name.empty()) {
    ast::Name& source = *create.source_name;
    if (source.schema.empty() && script_.objects[table].name.schema != "public")
      source.schema = script_.objects[table].name.schema;
    names.alias(table, {source.schema.empty() ? "public" : source.schema, source.name});
  }
  copy_likes(create);
  copy_attributes(create);
  inherit_columns(create, table);
  for (size_t i = 0; i < create.columns.size(); ++i) {
    const auto is_same = [&](const ast::Column& other) { return other.name == create.columns[i].name; };
    if (std::any_of(create.columns.begin(), create.columns.begin() + static_cast<ptrdiff_t>(i), is_same))
      result_.column_twice = create.columns[i].name;
    add_column(table, create.columns[i], current_->id);
  }
  parts(create);
  if (merge_equal_keys(create)) changed_ = true;
  // Names are chosen in the order of the text.
  for (const auto& [constraint, column] : constraints_as_written(create))
    add_constraint(table, *constraint, current_->id, column);
  add_copied_keys(create);
  for (const auto& [constraint, column] : constraints_as_written(create)) look_for_key(*constraint);
}

namespace {

/// Whether there is an expression in it that may name columns of the table.
bool reads_columns(const ast::AlterCommand& command) {
  if (const auto* add = std::get_if<ast::AddColumn>(&command)) return reads_columns(add->column);
  if (const auto* set = std::get_if<ast::SetDefault>(&command)) return static_cast<bool>(set->value);
  if (const auto* retype = std::get_if<ast::SetType>(&command)) return static_cast<bool>(retype->using_);
  if (const auto* add = std::get_if<ast::AddConstraint>(&command)) return reads_columns(add->constraint);
  return std::holds_alternative<ast::AttachPartition>(command);
}

}  // namespace

void Binder::statement(ast::AlterTable& alter) {
  if (alter.kind == ObjectKind::type) {
    ast::TypeName type;
    type.name = alter.name;
    this->type(type);
    alter.name = type.name;
  } else {
    subject(alter.name, alter.kind);
  }
  const ObjectId table = alter.name.object;
  // PostgreSQL drops columns first, then adds others.
  std::vector<std::string> dropped;
  for (const ast::AlterCommand& command : alter.commands) {
    if (const auto* drop = std::get_if<ast::DropColumn>(&command)) dropped.push_back(drop->column);
  }
  for (const ast::AlterCommand& command : alter.commands) {
    const auto* add = std::get_if<ast::AddColumn>(&command);
    if (add == nullptr) continue;
    adding_.push_back(add->column.name);
    const ObjectId there = names.find_in(table, ObjectKind::column, add->column.name);
    if (there == ast::no_object || add->if_not_exists || !knows_all_columns(table) ||
        std::find(dropped.begin(), dropped.end(), add->column.name) != dropped.end())
      continue;
    result_ = {Met::taken, there, script_.objects[there].created};
  }
  const bool reads = std::any_of(alter.commands.begin(), alter.commands.end(),
                                 [](const ast::AlterCommand& command) { return reads_columns(command); });
  const Scope scope = reads ? scope_of(table, alter.name) : Scope();
  for (ast::AlterCommand& command : alter.commands) this->command(command, table, scope);
  look_for_keys(alter);
  adding_.clear();
}

/// What a command names. What it makes is added by the driver, which knows what it does to the table.
void Binder::command(ast::AlterCommand& command, ObjectId relation, const Scope& scope) {
  if (auto* add = std::get_if<ast::AddColumn>(&command)) {
    tree(add->column, &scope);
    for (ast::Constraint& one : add->column.constraints) constraint(one, relation, scope);
  } else if (auto* set = std::get_if<ast::SetDefault>(&command)) {
    look_for(relation, set->column);
    tree(set->value, &scope);
  } else if (const auto* not_null = std::get_if<ast::SetNotNull>(&command)) {
    look_for(relation, not_null->column);
  } else if (const auto* drop = std::get_if<ast::DropColumn>(&command)) {
    if (!drop->if_exists) look_for(relation, drop->column);
  } else if (const auto* numbers = std::get_if<ast::AddIdentity>(&command)) {
    look_for(relation, numbers->column);
  } else if (auto* retype = std::get_if<ast::SetType>(&command)) {
    look_for(relation, retype->column);
    type(retype->type);
    tree(retype->using_, &scope);
  } else if (auto* added = std::get_if<ast::AddConstraint>(&command)) {
    constraint(added->constraint, relation, scope);
  } else if (auto* owner = std::get_if<ast::OwnerTo>(&command)) {
    role(owner->role);
  } else if (auto* attach = std::get_if<ast::AttachPartition>(&command)) {
    this->relation(attach->partition);
    tree(attach->bound, nullptr);
    other_keys_.insert(attach->partition.object);  // it gets those of its whole
    // Its parent may get columns, and it with it.
    if (in_order) all_seen_ = false;
  }
}

void Binder::bind_again(ast::AlterCommand& command, const ast::Name& table) {
  this->command(command, table.object, reads_columns(command) ? scope_of(table.object, table) : Scope());
}

ObjectId Binder::bind_again(ast::CreatePolicy& policy) {
  subject(policy.table);
  parts(policy);
  for (ast::Role& one : policy.roles) role(one);
  return policy.table.object;
}

namespace {

/// What PostgreSQL calls the columns of an index, joined, where it makes its name of them.
std::string index_columns(const std::vector<ast::IndexElement>& elements,
                          const std::vector<std::string>& including) {
  std::vector<std::string> columns;
  const auto add = [&](const std::string& column) {
    std::string unique = column;
    for (int i = 1; std::find(columns.begin(), columns.end(), unique) != columns.end(); ++i)
      unique = column + std::to_string(i);
    columns.push_back(std::move(unique));
  };
  for (const ast::IndexElement& element : elements)
    add(!element.column.empty() ? element.column : index_column_name(*element.expr));
  for (const std::string& column : including) add(column);
  std::string joined;
  for (const std::string& column : columns) joined += (joined.empty() ? "" : "_") + column;
  return joined;
}

}  // namespace

void Binder::parts(ast::CreateIndex& create) {
  const Scope scope = reads_columns(create) ? scope_of(create.table.object, create.table) : Scope();
  tree(create.elements, &scope);
  if (create.where) tree(create.where, &scope);
}

void Binder::statement(ast::CreateIndex& create) {
  subject(create.table);
  const ObjectId table = create.table.object;
  parts(create);
  for (const ast::IndexElement& element : create.elements) {
    look_for(table, element.column);
    use(names.find_in(table, ObjectKind::column, element.column));
  }
  for (const std::string& column : create.including) look_for(table, column);
  ast::Name name{script_.objects[table].name.schema, create.name};
  const std::string columns = index_columns(create.elements, create.including);
  if (name.name.empty()) {
    name.name = names.choose_name(name.schema, script_.objects[table].name.name, columns, "idx",
                                  Namespace::Among::relations);
    create.name = name.name;
    changed_ = true;
  } else {
    const ObjectId found = names.find(ObjectKind::index, name, {});
    if (found != ast::no_object && script_.objects[found].made_here()) {
      result_.met = create.if_not_exists ? Met::existing : Met::taken;
      result_.object = found;
      result_.older = script_.objects[found].created;
      return;
    }
    if (found != ast::no_object) give_way(found, create.if_not_exists, result_);
  }
  result_.object = names.create(ObjectKind::index, name, current_->id, table);
  index_columns_[result_.object] = columns;
  note_key(result_.object, create);
}

}  // namespace pg2crdb::bind
