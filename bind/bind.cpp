// One statement after the other: what it names, and what it makes.
#include <algorithm>

#include "ast/walk.h"
#include "bind/binder.h"
#include "bind/equal_keys.h"
#include "bind/pg_catalog.h"
#include "bind/shown_name.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

bool works_unseen(ast::StatementNode& node) {
  if (const auto* opaque = std::get_if<ast::Opaque>(&node)) {
    const bool several =
        opaque->kind.starts_with("ALTER TABLE") && opaque->text.find(',') != std::string::npos;
    return several || opaque->kind == "unparsed" || opaque->kind == "CALL" || opaque->kind == "EXECUTE" ||
           opaque->kind.ends_with(" INHERIT");
  }
  if (std::holds_alternative<ast::DoBlock>(node)) return true;
  auto* select = std::get_if<ast::SelectStatement>(&node);
  if (select == nullptr) return false;
  bool calls = false;
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    const auto* call = std::get_if<ast::FunctionCall>(&expr.node);
    const bool own = call != nullptr && !is_system_schema(call->name.schema) &&
                     (!call->name.schema.empty() || signatures_in_pg_catalog(call->name.name).empty());
    calls = calls || own;
  };
  walk(*select->query, visitor);
  return calls;
}

Binder::Result Binder::bind(ast::Statement& statement) {
  current_ = &statement;
  result_ = {};
  dropped_ = ast::no_object;
  changed_ = false;
  changed_by_block_.clear();
  unresolved_ = false;
  unresolved_calls_.clear();
  copied_keys_.clear();
  copied_comments_.clear();
  const bool knew_path = session_.path().is_known;
  follow_settings(statement);
  if (knew_path) path_lost_by_ = statement.id;
  path_ = existing(session_.path());
  sets_path_ = sets_path_ || (in_order && !path_.empty() && path_.front() != "public");
  looking_ = true;
  std::visit([this](auto& node) { this->statement(node); }, statement.node);
  looking_ = false;
  result_.dropped = dropped_;
  all_seen_ = all_seen_ && !works_unseen(statement.node);
  if (changed_) statement.as_written = false;
  if (in_order) {
    const bool changed = changed_;
    body(statement, path_, names_in_body_of(statement));
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
  finishing_ = true;
  for (const Later& one : found_when_run_) texts(one);
  finishing_ = false;
  if (expand_stars) qualify_columns();
  bodies();
}

void Binder::bind(ast::DataBlock& block) {
  path_ = existing(session_.path());
  if (block.table.schema.empty()) note_guess(block.table.name);
  ObjectId id = names.find_alias(block.table, path_);
  if (id == ast::no_object) id = find_relation(block.table);
  if (id == ast::no_object) {
    const bool certain = is_certain(block.table) && all_seen_;
    place(block.table);
    id = external(ObjectKind::table, block.table);
    if (certain) early_[id];
  }
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
    own_schemas_.insert(name);
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

void Binder::statement(ast::CreateSequence& create) {
  if (create.options.type) type(*create.options.type);
  if (create.persistence == ast::Persistence::temporary) {
    create.name.object = result_.object =
        names.create(ObjectKind::sequence, {"pg_temp", create.name.name}, current_->id);
    return;
  }
  result_ = this->create(ObjectKind::sequence, create.name, false, create.if_not_exists);
  if (result_.met == Met::nothing) owned_by(create.options, result_.object);
}

void Binder::statement(ast::AlterSequence& alter) {
  subject(alter.name, ObjectKind::sequence);
  owned_by(alter.options, ast::no_object);  // the driver moves it
}

void Binder::statement(ast::CreateEnum& create) {
  result_ = this->create(ObjectKind::type, create.name, false, create.if_not_exists);
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

void Binder::parts(ast::CreateCompositeType& create) {
  for (ast::Column& attribute : create.attributes) tree(attribute, nullptr);
}

void Binder::statement(ast::CreateCompositeType& create) {
  parts(create);
  result_ = this->create(ObjectKind::type, create.name, false, create.if_not_exists);
  if (result_.met != Met::nothing) return;
  for (ast::Column& attribute : create.attributes)
    attribute.object = names.create(ObjectKind::column, {{}, attribute.name}, current_->id, result_.object);
}

void Binder::statement(ast::CreateDomain& create) {
  tree(create, nullptr);
  result_ = this->create(ObjectKind::domain, create.name, false, false);
}

void Binder::statement(ast::CreateView& create) {
  const Output output = query(*create.query, nullptr);
  if (create.persistence == ast::Persistence::temporary) {
    create.name.object = result_.object =
        names.create(ObjectKind::view, {"pg_temp", create.name.name}, current_->id);
    return view_columns(result_.object, output, create.columns);
  }
  const Result read = result_;  // what the query lacks
  result_ = this->create(ObjectKind::view, create.name, create.or_replace, false);
  result_.missing_column = read.missing_column;
  result_.missing_in = read.missing_in;
  if (result_.met == Met::nothing || result_.met == Met::replaced)
    view_columns(result_.object, output, create.columns);
}

void Binder::statement(ast::CreateTableAs& create) {
  const Output output = query(*create.query, nullptr);
  const Result read = result_;
  result_ = this->create(create.materialized_view ? ObjectKind::materialized_view : ObjectKind::table,
                         create.name, false, create.if_not_exists);
  result_.missing_column = read.missing_column;
  result_.missing_in = read.missing_in;
  if (result_.met == Met::nothing) view_columns(result_.object, output, create.columns);
}

void Binder::statement(ast::RefreshMaterializedView& refresh) {
  subject(refresh.name, ObjectKind::materialized_view);
}

void Binder::parts(ast::CreateFunction& create) {
  for (ast::FunctionParameter& parameter : create.parameters) {
    type(parameter.type);
    if (parameter.default_value) tree(parameter.default_value, nullptr);
  }
  if (create.returns) type(*create.returns);
}

void Binder::statement(ast::CreateFunction& create) {
  // PostgreSQL looks at no lengths in what a routine takes and gives: `character` says one of 1, which
  // pg_dump writes of any.
  const auto without_modifiers = [this](ast::TypeName& type) {
    const std::vector<std::string> money = {"19", "2"};  // what that becomes, where output is compiled again
    if (type.modifiers.empty() || (type.name.name == "numeric" && type.modifiers == money)) return;
    type.modifiers.clear();
    changed_ = true;
  };
  for (ast::FunctionParameter& one : create.parameters) without_modifiers(one.type);
  if (create.returns) without_modifiers(*create.returns);
  parts(create);
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
  if (create.bound_when_made()) read_text(create.body[0], names_in(create), false);
  spell(create.name, result_.object);
}

/// The one that takes no arguments.
void Binder::trigger_function(ast::CreateTrigger& create) {
  ast::Name& function = create.function;
  if (function.object != ast::no_object) return;
  if (const ObjectId id = names.routine(function, "()", path_); id != ast::no_object)
    return spell(function, id);
  unresolved_ = true;
  if (finishing_ && !function.schema.empty()) spell(function, external(ObjectKind::function, function));
}

void Binder::statement(ast::CreateTrigger& create) {
  subject(create.table);
  if (create.constraint_from) relation(*create.constraint_from);
  if (create.when) {
    Scope rows;
    Output output = output_of(create.table.object);
    rows.items.push_back({"new", {}, output});
    rows.items.push_back({"old", {}, std::move(output)});
    tree(create.when, &rows);
  }
  trigger_function(create);
  for (const std::string& column : create.update_columns) {
    look_for(create.table.object, column);
    use(names.find_in(create.table.object, ObjectKind::column, column));
  }
  const ObjectId found = names.find_in(create.table.object, ObjectKind::trigger, create.name);
  if (found != ast::no_object) {
    result_ = {create.or_replace ? Met::replaced : Met::taken, found, script_.objects[found].created};
    if (create.or_replace) script_.objects[found].created = current_->id;
    return;
  }
  result_.object = names.create(ObjectKind::trigger, {{}, create.name}, current_->id, create.table.object);
}

void Binder::parts(ast::CreatePolicy& create) {
  const Scope scope = scope_of(create.table.object, create.table);
  if (create.using_) tree(create.using_, &scope);
  if (create.with_check) tree(create.with_check, &scope);
}

void Binder::statement(ast::CreatePolicy& create) {
  subject(create.table);
  parts(create);
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
      for (const std::string& column : privilege.columns) {
        look_for(one.name.object, column);
        use(names.find_in(one.name.object, ObjectKind::column, column));
      }
    }
  }
  for (ast::Role& one : grant.grantees) role(one);
  if (grant.has_granted_by) role(grant.granted_by);
}

void Binder::statement(ast::GrantRole& grant) {
  for (const std::string& one : grant.roles) role(one);
  for (ast::Role& one : grant.members) role(one);
  if (grant.has_granted_by) role(grant.granted_by);
}

void Binder::statement(ast::AlterDefaultPrivileges& alter) {
  for (ast::Role& one : alter.for_roles) role(one);
  for (ast::Role& one : alter.grant.grantees) role(one);
  for (const std::string& schema : alter.schemas) use(names.find(ObjectKind::schema, {{}, schema}, {}));
}

void Binder::statement(ast::Rename& rename) {
  object(rename.object, true);
  forget_early(rename.object);
}
void Binder::statement(ast::SetSchema& alter) {
  object(alter.object, true);
  forget_early(alter.object);
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
    forget_early(one);
  }
}
void Binder::statement(ast::Truncate& truncate) {
  for (ast::Name& table : truncate.tables) subject(table);
}
void Binder::statement(ast::SelectStatement& select) {
  query(*select.query, nullptr);
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
void Binder::statement(ast::Opaque& text) {
  opaque(*current_);
  if (text.kind == "DROP OWNED") early_.clear();
  if (text.kind == "INSERT" || text.kind == "UPDATE" || text.kind == "DELETE" ||
      text.kind.starts_with("ALTER TABLE")) {
    for (const ObjectId id : current_->text_objects) {
      if (is_relation(script_.objects[id].kind)) note_early(id, path_.size() <= 1);
    }
  }
  if (text.kind.starts_with("ALTER TABLE") || text.kind.starts_with("CREATE"))
    other_keys_.insert(current_->text_objects.begin(), current_->text_objects.end());
}

/// A statement that named what nothing was known of: the same reading again, now that the script is over.
/// Nothing is made.
void Binder::later(ast::Statement& statement) {
  ast::StatementNode& node = statement.node;
  if (auto* create = std::get_if<ast::CreateTable>(&node)) {
    sources(*create);
    parts(*create);
  } else if (auto* alter = std::get_if<ast::AlterTable>(&node)) {
    const Scope scope = scope_of(alter->name.object, alter->name);
    for (ast::AlterCommand& one : alter->commands) command(one, alter->name.object, scope);
  } else if (auto* index = std::get_if<ast::CreateIndex>(&node)) {
    parts(*index);
  } else if (auto* view = std::get_if<ast::CreateView>(&node)) {
    query(*view->query, nullptr);
  } else if (auto* as = std::get_if<ast::CreateTableAs>(&node)) {
    query(*as->query, nullptr);
  } else if (auto* function = std::get_if<ast::CreateFunction>(&node)) {
    parts(*function);
  } else if (auto* trigger = std::get_if<ast::CreateTrigger>(&node)) {
    if (trigger->constraint_from) relation(*trigger->constraint_from);
    trigger_function(*trigger);
  } else if (auto* policy = std::get_if<ast::CreatePolicy>(&node)) {
    parts(*policy);
  } else if (auto* domain = std::get_if<ast::CreateDomain>(&node)) {
    tree(*domain, nullptr);
  } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&node)) {
    parts(*composite);
  } else if (auto* select = std::get_if<ast::SelectStatement>(&node)) {
    query(*select->query, nullptr);
  } else {
    std::visit(
        [this]([[maybe_unused]] auto& one) {
          if constexpr (ast::changes_rows<std::remove_cvref_t<decltype(one)>>) row_change(one, nullptr);
        },
        node);
  }
}

}  // namespace pg2crdb::bind
