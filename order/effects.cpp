#include "order/effects.h"

#include <algorithm>
#include <functional>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/namespace.h"
#include "bind/tree_edit.h"
#include "order/names.h"

namespace pg2crdb::order {

using ast::ObjectId;
using ast::ObjectKind;

EffectReader::EffectReader(ast::Script& script) : script_(script), created_(script.statements.size()) {
  for (ObjectId id = 1; id < script.objects.size(); ++id) {
    const ast::Object& object = script.objects[id];
    if (!object.made_here() || !object.stands()) continue;
    if (object.created < created_.size()) created_[object.created].push_back(id);
    switch (object.kind) {
      case ObjectKind::function:
      case ObjectKind::procedure:
      case ObjectKind::aggregate:
        routines_.emplace(key_of(object.name), id);
        break;
      case ObjectKind::schema:
      case ObjectKind::role:
      case ObjectKind::extension:
      case ObjectKind::database:
        numbers_.emplace(std::to_string(static_cast<int>(object.kind)) + object.name.name, id);
        break;
      case ObjectKind::column:
      case ObjectKind::constraint:
      case ObjectKind::trigger:
      case ObjectKind::policy:
        break;
      default:
        relations_.emplace(key_of(object.name), id);
    }
  }
  // What the script only names, for statements of passes: a sequence is owned by a column that is added
  // before.
  for (ObjectId id = 1; id < script.objects.size(); ++id) {
    const ast::Object& object = script.objects[id];
    if (!object.made_here() && object.kind == ObjectKind::table) relations_.emplace(key_of(object.name), id);
  }
  for (const ast::Statement& statement : script.statements) {
    if (!created_[statement.id].empty() || !statement.live()) continue;
    const ast::Name* name = name_made_by(statement.node);
    if (name != nullptr && !std::holds_alternative<ast::CreateFunction>(statement.node)) {
      // A pass may make a statement of its own for what another one made along: a serial column's sequence.
      const ObjectId* known = relations_.find(key_of(*name));
      const ObjectId id = known != nullptr ? *known : number("made " + key_of(*name));
      if (known != nullptr && id < script.objects.size() && script.objects[id].made_here())
        std::erase(created_[script.objects[id].created], id);
      relations_[key_of(*name)] = id;
      created_[statement.id].push_back(id);
    } else if (const auto* created = std::get_if<ast::CreateRole>(&statement.node)) {
      created_[statement.id].push_back(role(created->name));
    }
  }
}

/// A number above those of objects, the same for the same key.
ObjectId EffectReader::number(const std::string& key) {
  const auto next = static_cast<ObjectId>(script_.objects.size() + numbers_.size());
  return numbers_.emplace(key, next).first;
}

ObjectId EffectReader::role(const std::string& name) {
  return number(std::to_string(static_cast<int>(ObjectKind::role)) + name);
}

ObjectId EffectReader::schema(const std::string& name) {
  if (last_schema_number_ == ast::no_object || name != last_schema_) {
    last_schema_ = name;
    last_schema_number_ = number(std::to_string(static_cast<int>(ObjectKind::schema)) + name);
  }
  return last_schema_number_;
}

ObjectId EffectReader::name_of(ObjectKind kind, const ast::Name& name) {
  std::string key = "name ";
  key.append(1, bind::name_space(kind)).append(name.schema.empty() ? "public" : name.schema);
  return number(key.append(1, '\0').append(name.name));
}

ObjectId EffectReader::find(const ast::Name& name) const {
  if (name.object != ast::no_object) return name.object;
  const std::string key = key_of(name);
  if (const ObjectId* relation = relations_.find(key)) return *relation;
  const ObjectId* routine = routines_.find(key);
  return routine == nullptr ? ast::no_object : *routine;
}

/// Collects the effects of one statement.
struct Reader {
  EffectReader& names;
  Effects& effects;

  void read(ObjectId object, Aspect aspect = Aspect::definition) const {
    if (object != ast::no_object) effects.accesses.push_back({object, aspect, How::reads});
  }
  void write(ObjectId object, Aspect aspect = Aspect::definition) const {
    if (object != ast::no_object) effects.accesses.push_back({object, aspect, How::writes});
  }
  void write(const ast::Name& name, Aspect aspect) const { write(names.find(name), aspect); }
  /// Another schema has the name from there on, or none: so it is with what was there before the script.
  void schema_changes(const std::string& schema) const {
    const ObjectId name = names.name_of(ObjectKind::schema, {{}, schema});
    write(name, Aspect::name);
    write(name, Aspect::members);
  }
  /// Whichever schema has the name by then.
  void schema_by_name(const std::string& schema) const {
    read(names.name_of(ObjectKind::schema, {{}, schema}), Aspect::name);
  }
  void add_key(ObjectId table) const {
    if (table != ast::no_object) effects.accesses.push_back({table, Aspect::keys, How::adds});
  }

  void constraint(const ast::Constraint& constraint, ObjectId table) const {
    using Kind = ast::Constraint::Kind;
    if (constraint.kind == Kind::foreign_key) {
      read(names.find(constraint.referenced), Aspect::keys);
      read(table, Aspect::keys);
    } else if (constraint.kind != Kind::check && constraint.kind != Kind::not_null) {
      add_key(table);
    }
    if (constraint.kind == Kind::primary_key) {  // they have to be NOT NULL by then
      for (const std::string& column : constraint.columns)
        read(names.number("part " + std::to_string(table) + " " + column), Aspect::defaults);
    }
    part(table, Aspect::constraints, constraint.name);
  }
  /// Different constraints and different columns of a table do not stand in each other's way.
  void part(ObjectId table, Aspect aspect, const std::string& name) const {
    write(names.number("part " + std::to_string(table) + " " + name), aspect);
    read(table);
  }

  void operator()(const ast::AlterTable& alter) const {
    const ObjectId table = names.find(alter.name);
    const bool own = table < names.script_.objects.size() && names.script_.objects[table].made_here();
    if (!own) read(names.name_of(ObjectKind::table, alter.name), Aspect::name);
    for (const ast::AlterCommand& command : alter.commands) {
      if (const auto* add = std::get_if<ast::AddConstraint>(&command)) {
        constraint(add->constraint, table);
      } else if (const auto* validate = std::get_if<ast::ValidateConstraint>(&command)) {
        part(table, Aspect::constraints, validate->name);
      } else if (const auto* drop = std::get_if<ast::DropConstraint>(&command)) {
        part(table, Aspect::constraints, drop->name);
        write(table, Aspect::keys);
      } else if (const auto* null = std::get_if<ast::SetNotNull>(&command)) {
        part(table, Aspect::defaults, null->column);
      } else if (const auto* set = std::get_if<ast::SetDefault>(&command)) {
        part(table, Aspect::defaults, set->column);
      } else if (const auto* identity = std::get_if<ast::SetIdentity>(&command)) {
        const bool restarts = !identity->options.restart.empty() || identity->options.restart_default;
        part(table, restarts && !identity->sets_always ? Aspect::value : Aspect::defaults, identity->column);
      } else if (const auto* made = std::get_if<ast::AddIdentity>(&command)) {
        part(table, Aspect::defaults, made->column);
      } else if (std::holds_alternative<ast::OwnerTo>(command)) {
        write(table, Aspect::owner);
      } else if (std::holds_alternative<ast::RowSecurity>(command)) {
        write(table, Aspect::security);
      } else {
        write(table, Aspect::definition);
      }
    }
  }
  void operator()(const ast::CreateTable& create) const {
    const ObjectId table = names.find(create.name);
    for (const ast::Column& column : create.columns) {
      for (const ast::Constraint& one : column.constraints) references(one, table);
      if (column.identity) identity({create.name.schema, create.name.name + "_" + column.name + "_seq"});
    }
    for (const ast::Constraint& one : create.constraints) references(one, table);
    write(names.name_of(ObjectKind::table, create.name), Aspect::name);
  }
  /// Its sequence gets the first name that is free: behind a sequence of the script's that has the plain one.
  void identity(const ast::Name& plain) const {
    const ast::Script& script = names.script_;
    const ObjectId other = names.find(plain);
    const bool own = other < script.objects.size() && script.objects[other].made_here();
    if (own &&
        std::holds_alternative<ast::CreateSequence>(script.statements[script.objects[other].created].node)) {
      read(other);
    } else {
      read(names.name_of(ObjectKind::table, plain), Aspect::name);
    }
  }
  void references(const ast::Constraint& constraint, ObjectId table) const {
    const ObjectId referenced = names.find(constraint.referenced);
    if (constraint.kind == ast::Constraint::Kind::foreign_key && referenced != table)
      read(referenced, Aspect::keys);
  }
  void operator()(const ast::CreateIndex& create) const {
    if (create.unique) add_key(names.find(create.table));
    if (!create.name.empty())
      write(names.name_of(ObjectKind::table, {create.table.schema, create.name}), Aspect::name);
  }
  void operator()(const ast::CreateView& create) const {
    write(names.name_of(ObjectKind::table, create.name), Aspect::name);
  }
  void operator()(const ast::CreateTableAs& create) const {
    write(names.name_of(ObjectKind::table, create.name), Aspect::name);
  }
  void operator()(const ast::CreateSequence& create) const {
    write(names.name_of(ObjectKind::table, create.name), Aspect::name);
  }
  void operator()(const ast::CreateEnum& create) const {
    write(names.name_of(ObjectKind::type, create.name), Aspect::name);
  }
  void operator()(const ast::CreateDomain& create) const {
    write(names.name_of(ObjectKind::type, create.name), Aspect::name);
  }
  void operator()(const ast::CreateCompositeType& create) const {
    write(names.name_of(ObjectKind::type, create.name), Aspect::name);
  }
  /// Overloads do not stand in each other's way; a DROP may mean any of them.
  void operator()(const ast::CreateFunction& create) const {
    read(names.name_of(ObjectKind::function, create.name), Aspect::name);
  }
  void operator()(const ast::CreateRole& create) const {
    write(names.name_of(ObjectKind::role, {{}, create.name}), Aspect::name);
  }
  void operator()(const ast::CreateSchema& create) const {
    // Where it may be there already, what else was there before the script does not mind.
    if (create.if_not_exists) {
      schema_by_name(create.name);
    } else {
      schema_changes(create.name);
    }
    if (create.has_owner) role(create.owner);
  }
  void operator()(const ast::AlterEnum& alter) const { write(alter.name, Aspect::definition); }
  void operator()(const ast::AlterSequence& alter) const {
    const bool restarts = !alter.options.restart.empty() || alter.options.restart_default;
    write(alter.name, restarts ? Aspect::value : Aspect::defaults);
    read(names.name_of(ObjectKind::table, alter.name), Aspect::name);
    if (alter.options.owned_by.size() < 2) return;
    const std::vector<std::string>& owner = alter.options.owned_by;
    read(names.find({owner.size() > 2 ? owner[owner.size() - 3] : std::string(), owner[owner.size() - 2]}));
  }
  void operator()(const ast::CreateTrigger& create) const {
    write(create.table, Aspect::triggers);
    if (create.function.object == ast::no_object) read(names.find(create.function));
  }
  void operator()(const ast::CreatePolicy& create) const { write(create.table, Aspect::security); }
  void operator()(const ast::Comment& comment) const { write(comment.object.name, Aspect::comment); }
  void operator()(const ast::AlterOwner& alter) const { write(alter.object.name, Aspect::owner); }
  void operator()(const ast::Grant& grant) const {
    for (const ast::ObjectRef& object : grant.objects) {
      if (grant.all_in_schema || object.kind == ObjectKind::schema || object.kind == ObjectKind::database) {
        const ObjectId schema = names.number(
            std::to_string(static_cast<int>(grant.all_in_schema ? ObjectKind::schema : object.kind)) +
            object.name.name);
        write(schema, grant.all_in_schema ? Aspect::members : Aspect::privileges);
      } else {
        write(object.name, Aspect::privileges);
      }
    }
  }
  void operator()(const ast::AlterDefaultPrivileges& alter) const {
    write(names.number("default privileges"), Aspect::privileges);
    for (const std::string& schema : alter.schemas) read(names.schema(schema));
  }
  void operator()(const ast::Rename& rename) const {
    write(rename.object.name, Aspect::definition);
    if (rename.object.kind == ObjectKind::schema) {
      schema_changes(rename.object.name.name);
      return schema_changes(rename.new_name);
    }
    write(names.name_of(ObjectKind::table, rename.object.name), Aspect::name);
    write(names.name_of(ObjectKind::table, {rename.object.name.schema, rename.new_name}), Aspect::name);
  }
  void operator()(const ast::SetSchema& alter) const {
    write(alter.object.name, Aspect::definition);
    write(names.name_of(ObjectKind::table, alter.object.name), Aspect::name);
    write(names.name_of(ObjectKind::table, {alter.schema, alter.object.name.name}), Aspect::name);
  }
  void operator()(const ast::Drop& drop) const {
    for (const ast::ObjectRef& object : drop.objects) {
      if (object.name.object != ast::no_object) write(object.name.object, Aspect::definition);
      // What belongs to a table is dropped by the table's name, which stays.
      if (bind::is_member(drop.kind)) continue;
      if (drop.kind == ObjectKind::schema) schema_changes(object.name.name);
      write(names.name_of(drop.kind, object.name), Aspect::name);
      if (!object.name.schema.empty()) schema_by_name(object.name.schema);
    }
  }
  /// What it calls may move a sequence.
  void operator()(const ast::SelectStatement& select) const {
    bind::TreeEdit look;
    look.call = [&](ast::FunctionCall& call) {
      const std::string& function = call.name.name;
      const std::optional<ast::Name> sequence = ast::called_sequence(call);
      if (!sequence || (function != "setval" && function != "nextval")) return;
      write(*sequence, Aspect::value);
      if (function == "nextval") read(names.find(*sequence), Aspect::defaults);
      read(names.name_of(ObjectKind::table, *sequence), Aspect::name);
    };
    bind::edit(const_cast<ast::Query&>(*select.query), look);
  }
  void operator()(const ast::GrantRole& grant) const {
    for (const std::string& one : grant.roles) read(names.role(one));
    for (const ast::Role& one : grant.members) role(one);
  }
  void operator()(const ast::AlterRole& alter) const {
    if (alter.role.kind == ast::Role::Kind::named) write(names.role(alter.role.name), Aspect::definition);
  }
  template <class Node>
  void operator()(const Node&) const {}

  void role(const ast::Role& role) const {
    if (role.kind == ast::Role::Kind::named) read(names.role(role.name));
  }
};

void EffectReader::read(const ast::Statement& statement, Effects& effects) {
  const std::vector<ObjectId>& created = created_[statement.id];
  effects.creates.insert(effects.creates.end(), created.begin(), created.end());
  const Reader reader{*this, effects};
  for (const ObjectId id : created) {
    if (id >= script_.objects.size() || script_.objects[id].name.schema.empty()) continue;
    // What it is granted at birth depends on what was said before.
    reader.read(number("default privileges"), Aspect::privileges);
    reader.read(schema(script_.objects[id].name.schema), Aspect::members);
  }
  bind::TreeEdit look;
  // A statement that changes rows may do so by triggers and functions of what it names.
  const bool changes_rows = ast::changed_table(statement.node) != nullptr;
  const auto on_name = [&](ast::Name& name) {
    if (name.name.empty()) return;
    const ObjectId id = find(name);
    if (changes_rows && id < script_.objects.size() && script_.objects[id].stands())
      reader.write(id, Aspect::definition);
    reader.read(id);
    if (name.schema.empty()) return;
    const bool was_there = id < script_.objects.size() && !script_.objects[id].made_here();
    if (was_there) {
      reader.read(name_of(ObjectKind::schema, {{}, name.schema}), Aspect::members);
    } else {
      reader.read(schema(name.schema));
    }
  };
  look.name = std::ref(on_name);
  look.role = [&](ast::Role& role) { reader.role(role); };
  look.call = [&](ast::FunctionCall& call) {
    if (const std::optional<ast::Name> name = ast::called_sequence(call)) reader.read(find(*name));
  };
  // What a DROP names is never what stands at the end.
  if (!std::holds_alternative<ast::Drop>(statement.node))
    bind::edit(const_cast<ast::StatementNode&>(statement.node), look);
  // A statement that is only text may change what it names, but for those that are known to look only.
  const auto* text = std::get_if<ast::Opaque>(&statement.node);
  const bool may_change = text != nullptr && text->kind != "ANALYZE";
  for (const ObjectId id : statement.text_objects) {
    if (id < script_.objects.size() && script_.objects[id].stands()) {
      if (may_change) reader.write(id, Aspect::definition);
      reader.read(id);
    }
  }
  std::visit(reader, statement.node);
}

}  // namespace pg2crdb::order
