// All but tables and indexes: what their statements name, and what they make.
#include "bind/binder.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

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
  if (create.persistence == ast::Persistence::temporary) {
    create.name.object = result_.object =
        names.create(ObjectKind::table, {"pg_temp", create.name.name}, current_->id);
    return view_columns(result_.object, output, create.columns);
  }
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

}  // namespace pg2crdb::bind
