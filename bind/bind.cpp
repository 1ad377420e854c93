// One statement after the other: what it names, and what it makes.
#include <algorithm>

#include "bind/binder.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

Binder::Result Binder::bind(ast::Statement& statement) {
  current_ = &statement;
  result_ = {};
  changed_ = false;
  changed_by_block_.clear();
  unresolved_ = false;
  unresolved_calls_.clear();
  session_.take(statement.node);
  path_ = existing(session_.path());
  sets_path_ = sets_path_ || (in_order && !path_.empty() && path_.front() != "public");
  std::visit([this](auto& node) { this->statement(node); }, statement.node);
  if (in_order) {
    const bool changed = changed_;
    body(statement, path_);
    changed_ = changed_ || changed;
    return result_;
  }
  if (std::holds_alternative<ast::CreateFunction>(statement.node))
    bodies_.push_back({statement.id, path_, session_.path().empty()});
  if (unresolved_ || !unresolved_calls_.empty())
    pending_.push_back({statement.id, path_, unresolved_, std::move(unresolved_calls_)});
  return result_;
}

void Binder::finish() {
  for (Pending& pending : pending_) {
    const bool calls = std::any_of(pending.calls.begin(), pending.calls.end(),
                                   [&](const std::string& name) { return names.has_routine_named(name); });
    if (!pending.relations_or_types && !calls) continue;
    ast::Statement& statement = script_.statements[pending.statement];
    finishing_ = true;
    current_ = &statement;
    path_ = pending.path;
    later(statement);
    finishing_ = false;
  }
  for (const Body& one : bodies_) {
    current_ = &script_.statements[one.statement];
    of_caller_ = one.of_caller;
    if (current_->live()) body(*current_, one.of_caller ? existing(session_.later_path()) : one.path);
  }
}

void Binder::bind(ast::DataBlock& block) {
  const Path path = existing(session_.path());
  ObjectId id = names.find_alias(block.table, path);
  if (id == ast::no_object) id = names.find(ObjectKind::table, block.table, path);
  if (id == ast::no_object) return;
  block.table.object = id;
  const ast::Object& table = script_.objects[id];
  if (!table.made_here()) return;
  const auto* create = std::get_if<ast::CreateTable>(&script_.statements[table.created].node);
  if (create != nullptr && !create->source_name.empty()) {  // rows go by the dump's name
    block.table = create->source_name;
    block.table.object = id;
    return;
  }
  if (!block.table.schema.empty() || table.name.schema != "public") block.table.schema = table.name.schema;
  block.table.name = table.name.name;
}

void Binder::statement(ast::CreateTable& create) {
  for (ast::Name& parent : create.inherits) relation(parent);
  for (ast::LikeClause& like : create.likes) relation(like.table);
  relation(create.partition_of);
  type(create.of_type);
  if (create.persistence == ast::Persistence::temporary) {
    create.name.object = result_.object =
        names.create(ObjectKind::table, {"pg_temp", create.name.name}, current_->id);
    return;
  }
  result_ = this->create(ObjectKind::table, create.name, false, create.if_not_exists);
  if (result_.met == Met::existing || result_.met == Met::taken) return;
  const ObjectId table = result_.object;
  if (!create.source_name.empty()) {
    if (create.source_name.schema.empty() && script_.objects[table].name.schema != "public")
      create.source_name.schema = script_.objects[table].name.schema;
    names.alias(table, {create.source_name.schema.empty() ? "public" : create.source_name.schema,
                        create.source_name.name});
  }
  inherit_columns(create, table);
  for (ast::Column& column : create.columns) add_column(table, column, current_->id);
  const Scope scope = scope_of(table, create.name);
  for (ast::Column& column : create.columns) {
    tree(column, &scope);
    for (ast::Constraint& constraint : column.constraints) {
      this->constraint(constraint, table, scope);
      add_constraint(table, constraint, current_->id, column.name);
    }
  }
  for (ast::Constraint& constraint : create.constraints) {
    this->constraint(constraint, table, scope);
    add_constraint(table, constraint, current_->id);
  }
  if (create.bound) tree(*create.bound, &scope);
  if (create.partition_by) tree(*create.partition_by, &scope);
}

/// Columns of parents, of LIKE and of a type, which PostgreSQL puts first.
void Binder::inherit_columns(const ast::CreateTable& create, ObjectId table) {
  std::vector<ObjectId> from;
  for (const ast::Name& parent : create.inherits) from.push_back(parent.object);
  if (!create.partition_of.empty()) from.push_back(create.partition_of.object);
  for (const ast::LikeClause& like : create.likes) from.push_back(like.table.object);
  if (!create.of_type.empty()) from.push_back(create.of_type.name.object);
  for (const ObjectId source : from) {
    for (const ObjectId column : names.columns(source)) {
      const std::string name = script_.objects[column].name.name;
      const bool own = std::any_of(create.columns.begin(), create.columns.end(),
                                   [&](const ast::Column& one) { return one.name == name; });
      if (!own && names.find_in(table, ObjectKind::column, name) == ast::no_object)
        names.create(ObjectKind::column, {{}, name}, current_->id, table);
    }
  }
}

void Binder::add_column(ObjectId table, ast::Column& column, ast::StatementId statement) {
  column.object = names.create(ObjectKind::column, {{}, column.name}, statement, table);
  const std::string& type = column.type.name.name;
  const bool serial = type == "serial" || type == "bigserial" || type == "smallserial" || type == "serial4" ||
                      type == "serial8" || type == "serial2";
  if (!serial && !column.identity) return;
  ast::Name sequence{script_.objects[table].name.schema, {}};
  if (column.identity && !column.identity->options.sequence_name.empty()) {
    sequence.name = column.identity->options.sequence_name.name;
  } else {
    sequence.name = names.choose_name(sequence.schema, script_.objects[table].name.name, column.name, "seq",
                                      Namespace::Among::relations);
  }
  names.create(ObjectKind::sequence, std::move(sequence), statement, column.object);
}

namespace {

bool ends_in_digit(const std::string& name) {
  return !name.empty() && name.back() >= '0' && name.back() <= '9';
}

}  // namespace

std::string Binder::chosen_name(ObjectId table, const ast::Constraint& constraint,
                                const std::string& column) const {
  using Kind = ast::Constraint::Kind;
  using Among = Namespace::Among;
  const ast::Name& name = script_.objects[table].name;
  std::string columns;
  for (const std::string& one : constraint.columns) columns += (columns.empty() ? "" : "_") + one;
  if (columns.empty()) columns = column;
  switch (constraint.kind) {
    case Kind::primary_key:
      return names.choose_name(name.schema, name.name, {}, "pkey", Among::both);
    case Kind::unique:
      return names.choose_name(name.schema, name.name, columns, "key", Among::both);
    case Kind::exclude:
      for (const ast::IndexElement& element : constraint.exclude_elements)
        columns += (columns.empty() ? "" : "_") + (element.column.empty() ? "expr" : element.column);
      return names.choose_name(name.schema, name.name, columns, "excl", Among::both);
    case Kind::foreign_key:
      return names.choose_name(name.schema, name.name, columns, "fkey", Among::constraints);
    case Kind::check:
      return names.choose_name(name.schema, name.name, only_column(constraint), "check", Among::constraints);
    case Kind::not_null:
      return names.choose_name(name.schema, name.name, columns, "not_null", Among::constraints);
  }
  return {};
}

void Binder::add_constraint(ObjectId table, ast::Constraint& constraint, ast::StatementId statement,
                            const std::string& column) {
  using Kind = ast::Constraint::Kind;
  const std::string name = constraint.name.empty() ? chosen_name(table, constraint, column) : constraint.name;
  // CockroachDB has names of its own for CHECKs; a number at the end tells that the plain name was taken.
  if (constraint.name.empty() && (constraint.kind == Kind::check || expand_stars || ends_in_digit(name))) {
    constraint.name = name;
    changed_ = true;
  }
  constraint.object = names.create(ObjectKind::constraint, {{}, name}, statement, table);
  const bool has_index = constraint.kind == Kind::primary_key || constraint.kind == Kind::unique ||
                         constraint.kind == Kind::exclude;
  if (!has_index) return;
  const std::string schema = script_.objects[table].name.schema;
  if (!constraint.using_index.empty()) {  // the index takes the constraint's name
    const ObjectId index = names.find(ObjectKind::index, {schema, constraint.using_index}, {});
    use(index);
    if (index != ast::no_object) {
      names.rename(index, {schema, name});
      names.set_parent(index, constraint.object);
    }
    return;
  }
  names.create(ObjectKind::index, {schema, name}, statement, constraint.object);
}

void Binder::constraint(ast::Constraint& constraint, ObjectId table, const Scope& scope) {
  if (constraint.check) tree(constraint.check, &scope);
  if (constraint.where) tree(constraint.where, &scope);
  tree(constraint.exclude_elements, &scope);
  if (constraint.referenced.name.empty()) return;
  relation(constraint.referenced);
  for (const std::string& column : constraint.referenced_columns)
    use(names.find_in(constraint.referenced.object, ObjectKind::column, column));
  for (const std::string& column : constraint.columns) use(names.find_in(table, ObjectKind::column, column));
}

void Binder::statement(ast::AlterTable& alter) {
  if (alter.kind == ObjectKind::type) {
    ast::TypeName type;
    type.name = alter.name;
    this->type(type);
    alter.name = type.name;
  } else {
    subject(alter.name, alter.kind);
  }
  const Scope scope = scope_of(alter.name.object, alter.name);
  for (ast::AlterCommand& command : alter.commands) this->command(command, alter.name.object, scope);
}

/// What a command names. What it makes is added by the driver, which knows what it does to the table.
void Binder::command(ast::AlterCommand& command, ObjectId relation, const Scope& scope) {
  if (auto* add = std::get_if<ast::AddColumn>(&command)) {
    tree(add->column, &scope);
    for (ast::Constraint& one : add->column.constraints) constraint(one, relation, scope);
  } else if (auto* set = std::get_if<ast::SetDefault>(&command)) {
    tree(set->value, &scope);
  } else if (auto* retype = std::get_if<ast::SetType>(&command)) {
    type(retype->type);
    tree(retype->using_, &scope);
  } else if (auto* added = std::get_if<ast::AddConstraint>(&command)) {
    constraint(added->constraint, relation, scope);
  } else if (auto* owner = std::get_if<ast::OwnerTo>(&command)) {
    role(owner->role);
  } else if (auto* attach = std::get_if<ast::AttachPartition>(&command)) {
    this->relation(attach->partition);
    tree(attach->bound, &scope);
  }
}

void Binder::bind_again(ast::AlterCommand& command, const ast::Name& table) {
  this->command(command, table.object, scope_of(table.object, table));
}

void Binder::statement(ast::CreateIndex& create) {
  subject(create.table);
  const ObjectId table = create.table.object;
  const Scope scope = scope_of(table, create.table);
  tree(create.elements, &scope);
  if (create.where) tree(create.where, &scope);
  for (const ast::IndexElement& element : create.elements)
    use(names.find_in(table, ObjectKind::column, element.column));
  ast::Name name{script_.objects[table].name.schema, create.name};
  if (name.name.empty()) {
    std::vector<std::string> columns;
    for (const ast::IndexElement& element : create.elements) {
      const std::string column = !element.column.empty() ? element.column : index_column_name(*element.expr);
      std::string unique = column;
      for (int i = 1; std::find(columns.begin(), columns.end(), unique) != columns.end(); ++i)
        unique = column + std::to_string(i);
      columns.push_back(std::move(unique));
    }
    std::string joined;
    for (const std::string& column : columns) joined += (joined.empty() ? "" : "_") + column;
    name.name = names.choose_name(name.schema, script_.objects[table].name.name, joined, "idx",
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
  }
  result_.object = names.create(ObjectKind::index, name, current_->id, table);
}

void Binder::statement(ast::CreateSchema& create) {
  if (create.has_owner) role(create.owner);
  const std::string& name = create.name.empty() ? create.owner.name : create.name;
  const ObjectId found = names.find(ObjectKind::schema, {{}, name}, {});
  if (found != ast::no_object && script_.objects[found].made_here()) {
    result_ = {create.if_not_exists ? Met::existing : Met::taken, found, script_.objects[found].created};
    return;
  }
  // public comes with the database; a dump of PostgreSQL 15 and later may create it all the same.
  if (found == ast::no_object) {
    result_.object = names.create(ObjectKind::schema, {{}, name}, current_->id);
  }
}

void Binder::statement(ast::CreateExtension& create) {
  const ObjectId found = names.find(ObjectKind::extension, {{}, create.name}, {});
  if (found == ast::no_object) {
    result_.object = names.create(ObjectKind::extension, {{}, create.name}, current_->id);
  } else if (script_.objects[found].made_here()) {
    result_ = {create.if_not_exists ? Met::existing : Met::taken, found, script_.objects[found].created};
  }
}

void Binder::owned_by(ast::SequenceOptions& options, ObjectId sequence) {
  if (options.owned_by.size() < 2) {
    if (options.owned_by.size() == 1 && sequence != ast::no_object)
      names.set_parent(sequence, ast::no_object);
    return;
  }
  const bool qualified = options.owned_by.size() > 2;
  ast::Name table{qualified ? options.owned_by[options.owned_by.size() - 3] : std::string(),
                  options.owned_by[options.owned_by.size() - 2]};
  const ast::Name before = table;
  subject(table);
  const ObjectId column = names.find_in(table.object, ObjectKind::column, options.owned_by.back());
  use(column);
  if (sequence != ast::no_object) names.set_parent(sequence, column);
  if (table == before) return;
  options.owned_by = {table.schema, table.name, options.owned_by.back()};
}

void Binder::statement(ast::CreateSequence& create) {
  type(create.options.type);
  result_ = this->create(ObjectKind::sequence, create.name, false, create.if_not_exists);
  if (result_.met == Met::nothing) owned_by(create.options, result_.object);
}

void Binder::statement(ast::AlterSequence& alter) {
  subject(alter.name, ObjectKind::sequence);
  owned_by(alter.options, ast::no_object);  // the driver moves it
}

void Binder::statement(ast::CreateEnum& create) {
  result_ = this->create(ObjectKind::type, create.name, false, false);
}

void Binder::statement(ast::AlterEnum& alter) {
  ast::TypeName type;
  type.name = alter.name;
  this->type(type);
  alter.name = type.name;
  if (alter.name.object == ast::no_object) return;
  std::unordered_map<std::string, std::string>& renamed = renamed_labels_[alter.name.object];
  renamed.erase(alter.label);
  if (alter.old_label.empty()) return;
  for (auto& [before, now] : renamed) {
    if (now == alter.old_label) now = alter.label;
  }
  renamed[alter.old_label] = alter.label;
}

void Binder::statement(ast::CreateCompositeType& create) {
  for (ast::Column& attribute : create.attributes) tree(attribute, nullptr);
  result_ = this->create(ObjectKind::type, create.name, false, false);
  if (result_.met != Met::nothing) return;
  for (ast::Column& attribute : create.attributes)
    attribute.object = names.create(ObjectKind::column, {{}, attribute.name}, current_->id, result_.object);
}

void Binder::statement(ast::CreateDomain& create) {
  tree(create, nullptr);
  result_ = this->create(ObjectKind::domain, create.name, false, false);
}

void Binder::view_columns(ObjectId view, const Output& output, const std::vector<std::string>& columns) {
  for (size_t i = 0; i < std::max(output.columns.size(), columns.size()); ++i) {
    const std::string& name = i < columns.size() ? columns[i] : output.columns[i].name;
    if (names.find_in(view, ObjectKind::column, name) == ast::no_object)
      names.create(ObjectKind::column, {{}, name}, current_->id, view);
  }
}

void Binder::statement(ast::CreateView& create) {
  const Output output = query(create.query, nullptr);
  if (create.persistence == ast::Persistence::temporary) return;
  result_ = this->create(ObjectKind::view, create.name, create.or_replace, false);
  if (result_.met == Met::nothing || result_.met == Met::replaced)
    view_columns(result_.object, output, create.columns);
}

void Binder::statement(ast::CreateTableAs& create) {
  const Output output = query(create.query, nullptr);
  result_ = this->create(create.materialized_view ? ObjectKind::materialized_view : ObjectKind::table,
                         create.name, false, create.if_not_exists);
  if (result_.met == Met::nothing) view_columns(result_.object, output, create.columns);
}

void Binder::statement(ast::RefreshMaterializedView& refresh) {
  subject(refresh.name, ObjectKind::materialized_view);
}

void Binder::statement(ast::CreateFunction& create) {
  for (ast::FunctionParameter& parameter : create.parameters) {
    type(parameter.type);
    if (parameter.default_value) tree(parameter.default_value, nullptr);
  }
  type(create.returns);
  ast::Name full = create.name;
  if (full.schema.empty()) full.schema = path_.empty() ? "public" : path_.front();
  const std::string signature = this->signature(create);
  const ObjectId found = names.routine(full, signature, {});
  if (found != ast::no_object) {
    result_ = {create.or_replace ? Met::replaced : Met::taken, found, script_.objects[found].created};
    if (create.or_replace) script_.objects[found].created = current_->id;
  } else {
    // What a call before it was taken to mean.
    for (const ObjectId outside : names.routines(full, {})) {
      if (!script_.objects[outside].made_here()) names.drop(outside, current_->id);
    }
    const ObjectKind kind = create.procedure ? ObjectKind::procedure : ObjectKind::function;
    result_.object = names.create(kind, full, current_->id, ast::no_object, signature);
  }
  spell(create.name, result_.object);
}

void Binder::statement(ast::CreateTrigger& create) {
  subject(create.table);
  relation(create.constraint_from);
  const Scope scope = [&] {
    Scope rows;
    Output output = output_of(create.table.object);
    rows.items.push_back({"new", {}, output});
    rows.items.push_back({"old", {}, std::move(output)});
    return rows;
  }();
  if (create.when) tree(create.when, &scope);
  const std::vector<ObjectId> functions = names.routines(create.function, path_);
  for (const ObjectId id : functions) {
    if (script_.objects[id].signature == "()") spell(create.function, id);
  }
  if (create.function.object == ast::no_object) unresolved_ = true;
  for (const std::string& column : create.update_columns)
    use(names.find_in(create.table.object, ObjectKind::column, column));
  const ObjectId found = names.find_in(create.table.object, ObjectKind::trigger, create.name);
  if (found != ast::no_object) {
    result_ = {create.or_replace ? Met::replaced : Met::taken, found, script_.objects[found].created};
    if (create.or_replace) script_.objects[found].created = current_->id;
    return;
  }
  result_.object = names.create(ObjectKind::trigger, {{}, create.name}, current_->id, create.table.object);
}

void Binder::statement(ast::CreatePolicy& create) {
  subject(create.table);
  const Scope scope = scope_of(create.table.object, create.table);
  if (create.using_) tree(create.using_, &scope);
  if (create.with_check) tree(create.with_check, &scope);
  for (ast::Role& one : create.roles) role(one);
  const ObjectId found = names.find_in(create.table.object, ObjectKind::policy, create.name);
  if (found != ast::no_object) {
    result_ = {Met::taken, found, script_.objects[found].created};
    return;
  }
  result_.object = names.create(ObjectKind::policy, {{}, create.name}, current_->id, create.table.object);
}

void Binder::statement(ast::CreateRole& create) {
  const ObjectId found = names.find(ObjectKind::role, {{}, create.name}, {});
  if (found != ast::no_object) {
    result_ = {create.if_not_exists ? Met::existing : Met::taken, found, script_.objects[found].created};
    return;
  }
  result_.object = names.create(ObjectKind::role, {{}, create.name}, current_->id);
}

void Binder::statement(ast::AlterRole& alter) {
  role(alter.role);
}

void Binder::statement(ast::Grant& grant) {
  for (ast::ObjectRef& one : grant.objects) {
    if (grant.all_in_schema) {
      // The objects are schemas: it is about all that stands in them now.
      use(names.find(ObjectKind::schema, {{}, one.name.name}, {}));
      for (const ObjectId id : names.in_schema(one.name.name)) {
        use(id);
        current_->text_objects.push_back(id);
      }
      continue;
    }
    object(one, true);
    for (const ast::Privilege& privilege : grant.privileges) {
      for (const std::string& column : privilege.columns)
        use(names.find_in(one.name.object, ObjectKind::column, column));
    }
  }
  for (ast::Role& one : grant.grantees) role(one);
  if (grant.has_granted_by) role(grant.granted_by);
}

void Binder::statement(ast::GrantRole& grant) {
  for (const std::string& one : grant.roles) role(one);
  for (ast::Role& one : grant.members) role(one);
}

void Binder::statement(ast::AlterDefaultPrivileges& alter) {
  for (ast::Role& one : alter.for_roles) role(one);
  for (ast::Role& one : alter.grant.grantees) role(one);
  for (const std::string& schema : alter.schemas) use(names.find(ObjectKind::schema, {{}, schema}, {}));
}

void Binder::statement(ast::Rename& rename) {
  object(rename.object, true);
}
void Binder::statement(ast::SetSchema& alter) {
  object(alter.object, true);
  use(names.find(ObjectKind::schema, {{}, alter.schema}, {}));
}
void Binder::statement(ast::AlterOwner& alter) {
  object(alter.object, true);
  role(alter.role);
}
void Binder::statement(ast::Comment& comment) {
  object(comment.object, true);
}
void Binder::statement(ast::Drop& drop) {
  for (ast::ObjectRef& one : drop.objects) {
    one.kind = drop.kind;
    object(one, false);
  }
}
void Binder::statement(ast::Truncate& truncate) {
  for (ast::Name& table : truncate.tables) subject(table);
}
void Binder::statement(ast::SelectStatement& select) {
  query(select.query, nullptr);
}
void Binder::statement(ast::CopyFrom& copy) {
  subject(copy.table);
}
void Binder::statement(ast::DoBlock& block) {
  const TextNames found = names_in(block);
  for (const NameUse& use : found.names) {
    if (use.changes && changed_by_block_.empty()) changed_by_block_ = to_string(use.name);
  }
  if (!found.unread.empty() && changed_by_block_.empty()) changed_by_block_ = found.unread.front();
  read_text(block.body, found, false);
}
void Binder::statement(ast::Opaque&) {
  opaque(*current_);
}

/// A statement that named what nothing was known of: the same reading again, now that the script is over.
/// Nothing is made.
void Binder::later(ast::Statement& statement) {
  const auto scoped = [&](const ast::Name& table, auto&& read) {
    const Scope scope = scope_of(table.object, table);
    read(scope);
  };
  if (auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
    for (ast::Name& parent : create->inherits) relation(parent);
    for (ast::LikeClause& like : create->likes) relation(like.table);
    relation(create->partition_of);
    type(create->of_type);
    scoped(create->name, [&](const Scope& scope) {
      for (ast::Column& column : create->columns) {
        tree(column, &scope);
        for (ast::Constraint& one : column.constraints) constraint(one, create->name.object, scope);
      }
      for (ast::Constraint& one : create->constraints) constraint(one, create->name.object, scope);
    });
  } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    scoped(alter->name, [&](const Scope& scope) {
      for (ast::AlterCommand& one : alter->commands) command(one, alter->name.object, scope);
    });
  } else if (auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
    scoped(index->table, [&](const Scope& scope) {
      tree(index->elements, &scope);
      if (index->where) tree(index->where, &scope);
    });
  } else if (auto* view = std::get_if<ast::CreateView>(&statement.node)) {
    query(view->query, nullptr);
  } else if (auto* as = std::get_if<ast::CreateTableAs>(&statement.node)) {
    query(as->query, nullptr);
  } else if (auto* function = std::get_if<ast::CreateFunction>(&statement.node)) {
    for (ast::FunctionParameter& parameter : function->parameters) type(parameter.type);
    type(function->returns);
  } else if (auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node)) {
    relation(trigger->constraint_from);
    const std::vector<ObjectId> functions = names.routines(trigger->function, path_);
    if (!functions.empty()) {
      spell(trigger->function, functions.front());
    } else if (!trigger->function.schema.empty()) {
      spell(trigger->function, external(ObjectKind::function, trigger->function));
    }
  } else if (auto* policy = std::get_if<ast::CreatePolicy>(&statement.node)) {
    scoped(policy->table, [&](const Scope& scope) {
      if (policy->using_) tree(policy->using_, &scope);
      if (policy->with_check) tree(policy->with_check, &scope);
    });
  } else if (auto* domain = std::get_if<ast::CreateDomain>(&statement.node)) {
    tree(*domain, nullptr);
  } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&statement.node)) {
    for (ast::Column& attribute : composite->attributes) tree(attribute, nullptr);
  } else if (auto* select = std::get_if<ast::SelectStatement>(&statement.node)) {
    query(select->query, nullptr);
  }
}

}  // namespace pg2crdb::bind
