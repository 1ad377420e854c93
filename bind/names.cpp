// Single names: relations, types, routines, roles, and the objects that statements are about.
#include <algorithm>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/signature.h"
#include "bind/absence.h"
#include "bind/binder.h"
#include "bind/pg_catalog.h"
#include "bind/tree_edit.h"
#include "support/name_size.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

namespace {

/// Of a relation or type that the statement makes, or gives another name; empty of all others.
std::string_view made_type(const ast::StatementNode& node) {
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) return table->name.name;
  if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return as->name.name;
  if (const auto* view = std::get_if<ast::CreateView>(&node)) return view->name.name;
  if (const auto* type = std::get_if<ast::CreateEnum>(&node)) return type->name.name;
  if (const auto* type = std::get_if<ast::CreateCompositeType>(&node)) return type->name.name;
  if (const auto* domain = std::get_if<ast::CreateDomain>(&node)) return domain->name.name;
  const auto* rename = std::get_if<ast::Rename>(&node);
  return rename != nullptr && rename->object.member.empty() ? rename->new_name : std::string_view();
}

}  // namespace

Binder::Binder(ast::Script& script) : names(script.objects), script_(script) {
  for (const ast::Statement& statement : script.statements) {
    // A column before it that is a `point` is no row of a table `point`.
    const std::string_view type = made_type(statement.node);
    if (is_type_of_pg_catalog(type)) names.enter_of_pg_catalog(ObjectKind::type, std::string(type));
    const auto* create = std::get_if<ast::CreateSchema>(&statement.node);
    if (create != nullptr) own_schemas_.insert(create->name.empty() ? create->owner.name : create->name);
    const auto* rename = std::get_if<ast::Rename>(&statement.node);
    if (rename != nullptr && rename->object.kind == ObjectKind::schema &&
        own_schemas_.contains(rename->object.name.name))
      own_schemas_.insert(rename->new_name);
  }
}

/// Schemas that the script names, so that they have to be there: IF EXISTS asks for none.
const std::unordered_set<std::string>& Binder::named_schemas() {
  if (!named_schemas_.empty()) return named_schemas_;
  named_schemas_.insert("public");
  TreeEdit look;
  look.name = [&](ast::Name& name) { named_schemas_.insert(name.schema); };
  for (ast::Statement& statement : script_.statements) {
    if (!forgives_absence(statement.node)) edit(statement.node, look);
    Session session;
    session.take(statement.node);
    if (session.path().size() == 1) named_schemas_.insert(session.path().front());
    if (const auto* grant = std::get_if<ast::Grant>(&statement.node)) {
      for (const ast::ObjectRef& one : grant->objects) {
        if (grant->all_in_schema || one.kind == ObjectKind::schema) named_schemas_.insert(one.name.name);
      }
    } else if (const auto* privileges = std::get_if<ast::AlterDefaultPrivileges>(&statement.node)) {
      named_schemas_.insert(privileges->schemas.begin(), privileges->schemas.end());
    } else if (const auto* extension = std::get_if<ast::CreateExtension>(&statement.node)) {
      named_schemas_.insert(extension->schema);
    } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
      named_schemas_.insert(move->schema);
    }
  }
  for (const ast::DataBlock& block : script_.data) named_schemas_.insert(block.table.schema);
  return named_schemas_;
}

/// Schemas of a path that stand here. One that the script neither makes nor names elsewhere is taken not to,
/// where the path has others: PostgreSQL passes over those.
Path Binder::existing(const Path& path) {
  Path found;
  std::string unknown;
  for (const std::string& schema : path) {
    const bool own = own_schemas_.contains(schema);
    if (own && names.find(ObjectKind::schema, {{}, schema}, {}) == ast::no_object) continue;
    if (own || path.size() == 1 || named_schemas().contains(schema)) {
      found.push_back(schema);
    } else if (unknown.empty() && schema != session_.role()) {  // "$user", which mostly is not there
      unknown = schema;
    }
  }
  passed_over_ = unknown;
  const auto before = static_cast<std::ptrdiff_t>(path.before_system);
  found.before_system =
      static_cast<size_t>(std::count_if(path.begin(), path.begin() + before, [&](const std::string& schema) {
        return std::find(found.begin(), found.end(), schema) != found.end();
      }));
  if (found.empty()) found = path;
  found.is_known = path.is_known;
  found.lost_by = path_lost_by_;
  return found;
}

const std::vector<ast::StatementId>& Binder::users(ObjectId object) const {
  static const std::vector<ast::StatementId> none;
  return object < users_.size() ? users_[object] : none;
}

void Binder::use(ObjectId object) {
  if (object != ast::no_object && !reading_trees_) note_use(object, current_->id);
}

void Binder::note_use(ObjectId object, ast::StatementId statement) {
  if (users_.size() <= object) users_.resize(script_.objects.size() + 16);
  std::vector<ast::StatementId>& users = users_[object];
  if (users.empty() || users.back() != statement) users.push_back(statement);
}

/// Writes the object's name where a name means it. A schema that nobody wrote and that is public stays away.
void Binder::spell(ast::Name& name, ObjectId object) {
  const ast::Object& meant = script_.objects[object];
  // None of the script's: a call finds it in pg_catalog first, as in PostgreSQL.
  if (is_system_schema(meant.name.schema) && meant.name.schema != "pg_temp") {
    if (reading_trees_ || is_routine(meant.kind) || name.schema == meant.name.schema) return;
    name.schema = meant.name.schema;
    changed_ = true;
    return;
  }
  name.object = object;
  if (name.schema.empty()) note_guess(name.name);
  if (reading_trees_) return;
  use(object);
  if (meant.name.schema == "pg_temp") return;
  if (name.schema.empty() && !passed_over_.empty()) unmade_schemas.emplace(passed_over_, current_->id);
  if (!meant.made_here() && name.schema.empty()) return place(name);  // we only guess where it lives
  if (name.name != meant.name.name) {
    name.name = meant.name.name;
    changed_ = true;
  }
  const bool bare = name.schema.empty() && stays_unwritten(meant.name.schema) &&
                    !names.is_in_pg_catalog(meant.kind, meant.name.name);
  if (!bare && name.schema != meant.name.schema) {
    name.schema = meant.name.schema;
    changed_ = true;
  }
}

/// What the script does not make. Without a schema it is taken to live where it would be created.
ObjectId Binder::external(ObjectKind kind, const ast::Name& name) {
  ast::Name full = name;
  full.object = ast::no_object;
  if (full.schema.empty()) full.schema = path_.empty() ? "public" : path_.front();
  return names.create(kind, std::move(full), ast::no_statement);
}

/// What nothing but IF EXISTS names may not be there: it hides nothing that the script makes in another
/// schema of the path.
ObjectId Binder::find_relation(const ast::Name& name) const {
  const ObjectId found = names.find(ObjectKind::table, name, path_);
  if (!name.schema.empty() || script_.objects[found].made_here()) return found;
  const std::vector<ast::StatementId>& named_by = users(found);
  const bool doubtful =
      !named_by.empty() && std::all_of(named_by.begin(), named_by.end(), [&](ast::StatementId id) {
        return forgives_absence(script_.statements[id].node);
      });
  if (!doubtful) return found;
  for (const std::string& schema : path_) {
    const ObjectId other = names.find(ObjectKind::table, {schema, name.name}, {});
    if (script_.objects[other].made_here()) return other;
  }
  return found;
}

void Binder::relation(ast::Name& name) {
  if (name.name.empty() || name.object != ast::no_object || is_system_schema(name.schema)) return;
  ObjectId id = find_relation(name);
  if (id == ast::no_object) {
    if (name.schema.empty() && is_relation_of_pg_catalog(name.name)) return;
    unresolved_ = true;
    if (!finishing_ && !in_order) return;
    if (note_dropped(name)) return;
    id = external(ObjectKind::table, name);
    note_early(id, is_certain(name));
  }
  spell(name, id);
}

/// What the script does not make is taken to be in the first schema of the path, where that leads nowhere
/// near public: in the output a name without a schema would be one of public.
void Binder::place(ast::Name& name) {
  if (!name.schema.empty() || path_.empty() || std::find(path_.begin(), path_.end(), "public") != path_.end())
    return;
  name.schema = path_.front();
  changed_ = true;
}

/// A relation that the statement is about: it has to stand already, whoever made it.
void Binder::subject(ast::Name& name, ObjectKind kind) {
  if (name.name.empty() || is_system_schema(name.schema)) return;
  const bool certain = is_certain(name);
  ObjectId id = find_relation(name);
  if (id == ast::no_object) {
    if (is_relation(kind) && note_dropped(name)) return;
    place(name);
    id = external(kind, name);
  }
  note_early(id, certain);
  spell(name, id);
}

void Binder::type(ast::TypeName& type) {
  if (type.empty() || type.percent_type || type.name.object != ast::no_object ||
      is_system_schema(type.name.schema))
    return;
  const ObjectId id = names.find_type(type.name, path_);
  if (id != ast::no_object) return spell(type.name, id);
  if (type.name.schema.empty()) return;  // the server's own, or an extension's
  unresolved_ = true;
  if (finishing_ || in_order) spell(type.name, external(ObjectKind::type, type.name));
}

/// Tells overloads apart: user types by what they are, since they may be renamed.
std::string Binder::type_key(const ast::TypeName& type) const {
  std::string key = type.name.object != ast::no_object && script_.objects[type.name.object].made_here()
                        ? "#" + std::to_string(type.name.object)
                        : type.name.name;
  return type.array_bounds.empty() ? key : key + "[]";
}

std::string Binder::signature(const std::vector<ast::TypeName>& types) {
  std::string text;
  for (const ast::TypeName& type : types) text += (text.empty() ? "" : ",") + type_key(type);
  return "(" + text + ")";
}

std::string Binder::signature(const ast::CreateFunction& function) {
  return signature(ast::argument_types(function));
}

/// `setval(pg_get_serial_sequence('t', 'c'), ..)`: the sequence by its own name, which follows it.
bool Binder::serial_sequence(ast::FunctionCall& call) {
  const std::string& function = call.name.name;
  if ((function != "nextval" && function != "setval" && function != "currval") || call.arguments.empty())
    return false;
  const ast::Expr* argument = &call.arguments[0];
  while (const auto* cast = std::get_if<ast::Cast>(&argument->node)) argument = &*cast->argument;
  const auto* inner = std::get_if<ast::FunctionCall>(&argument->node);
  const std::optional<ast::SerialSequenceCall> serial =
      inner == nullptr ? std::nullopt : ast::serial_sequence_call(*inner);
  if (!serial) return false;
  const ObjectId column =
      names.find_in(names.find(ObjectKind::table, serial->table, path_), ObjectKind::column, serial->column);
  for (const ObjectId id : names.members(column)) {
    if (script_.objects[id].kind != ObjectKind::sequence) continue;
    ast::Literal literal;
    literal.kind = ast::Literal::Kind::string;
    ast::Name name = script_.objects[id].name;
    if (stays_unwritten(name.schema)) name.schema.clear();
    literal.text = ast::regclass_text(name);
    call.arguments[0].node = std::move(literal);
    changed_ = true;
    use(id);
    current_->text_objects.push_back(id);
    return true;
  }
  return false;
}

/// The relation that a call takes by its name: nextval('q'), to_regclass('t').
void Binder::regclass(ast::FunctionCall& call) {
  if (reading_trees_) return;
  if (serial_sequence(call)) return;
  ast::Literal* literal = ast::relation_literal(call);
  if (literal == nullptr) return;
  if (!in_order && is_found_when_run(call, current_->node)) {
    found_when_run_.push_back({current_->id, path_});
  } else {
    regclass(*literal, ast::sequence_literal(call) != nullptr);
  }
}

bool is_found_when_run(const ast::FunctionCall& call, const ast::StatementNode& statement) {
  const auto* as = std::get_if<ast::CreateTableAs>(&statement);
  if (std::holds_alternative<ast::SelectStatement>(statement) || ast::changed_table(statement) != nullptr ||
      (as != nullptr && !as->materialized_view))
    return false;
  constexpr std::string_view takes_text[] = {"to_regclass", "pg_get_serial_sequence", "has_table_privilege",
                                             "has_sequence_privilege"};
  const ast::Literal* literal = ast::relation_literal(const_cast<ast::FunctionCall&>(call));
  if (literal == nullptr) return false;
  for (const ast::Expr& argument : call.arguments) {
    const ast::Expr* inner = &argument;
    while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
    if (std::get_if<ast::Literal>(&inner->node) != literal) continue;
    const auto* cast = std::get_if<ast::Cast>(&argument.node);
    return cast != nullptr ? cast->type.name.name != "regclass" || inner != &*cast->argument
                           : std::find(std::begin(takes_text), std::end(takes_text), call.name.name) !=
                                 std::end(takes_text);
  }
  return false;
}

/// A statement's texts that name relations, as the script leaves those; it may have been folded into another.
void Binder::texts(const Later& later) {
  path_ = later.path;
  ast::StatementId id = later.statement;
  if (const auto* alter = std::get_if<ast::AlterTable>(&script_.statements[id].node);
      alter != nullptr && script_.objects[alter->name.object].made_here())
    texts(script_.statements[script_.objects[alter->name.object].created]);
  while (script_.statements[id].fate == ast::Fate::merged) id = script_.statements[id].merged_into;
  texts(script_.statements[id]);
}

void Binder::texts(ast::Statement& statement) {
  if (!statement.live()) return;
  current_ = &statement;
  changed_ = false;
  TreeEdit look;
  look.call = [&](ast::FunctionCall& call) {
    if (!is_found_when_run(call, statement.node)) return;
    ast::Literal& literal = *ast::relation_literal(call);
    const std::optional<ast::Name> name = ast::parse_regclass(literal.text);
    if (!name) return;
    const ObjectId before = names.former(ObjectKind::sequence, *name, path_);
    const bool stands = names.find(ObjectKind::sequence, *name, path_) != ast::no_object;
    if (!stands && before != ast::no_object && call.name.name != "to_regclass") {
      gone.push_back({statement.id, literal.text, before});
    } else {
      regclass(literal, ast::sequence_literal(call) != nullptr);
    }
  };
  edit(statement.node, look);
  if (changed_ && statement.fate == ast::Fate::kept) statement.fate = ast::Fate::rewritten;
}

void Binder::regclass(ast::Literal& literal, bool sequence) {
  if (reading_trees_) return;
  std::optional<ast::Name> name = ast::parse_regclass(literal.text);
  if (!name || is_system_schema(name->schema)) return;
  const ObjectId id = names.find(ObjectKind::sequence, *name, path_);
  const ast::Name before = *name;
  if (id != ast::no_object) {
    spell(*name, id);
    current_->text_objects.push_back(id);
  } else if (!sequence) {
    return;
  } else if (!finishing_) {
    unresolved_ = true;
  } else if (name->schema.empty() && !path_.empty() && path_.front() != "public") {
    name->schema = path_.front();
  }
  const bool was_cut =
      ast::regclass_text(*name).size() < literal.text.size() && literal.text.size() > longest_name;
  if (*name != before || was_cut) {
    literal.text = ast::regclass_text(*name);
    changed_ = true;
  }
}

void Binder::role(ast::Role& role) {
  const bool current =
      role.kind == ast::Role::Kind::current_user || role.kind == ast::Role::Kind::current_role;
  if (current && !session_.role().empty()) {  // which the output's session does not take on
    role = {ast::Role::Kind::named, session_.role()};
    changed_ = true;
  }
  if (role.kind == ast::Role::Kind::named) this->role(role.name);
}

void Binder::role(const std::string& name) {
  use(names.find(ObjectKind::role, {{}, name}, {}));
}

void Binder::routine(ast::ObjectRef& object) {
  for (ast::TypeName& argument : object.arguments) type(argument);
  const std::vector<ObjectId> candidates = names.routines(object.name, path_);
  ObjectId id = ast::no_object;
  if (object.has_arguments) {
    const std::string wanted = signature(object.arguments);
    for (const ObjectId candidate : candidates) {
      if (script_.objects[candidate].signature == wanted) id = candidate;
    }
    // What is only text does not tell its arguments.
    for (const ObjectId candidate : candidates) {
      if (id == ast::no_object && script_.objects[candidate].signature->starts_with("(?")) id = candidate;
    }
  } else if (candidates.size() == 1) {
    id = candidates.front();
  }
  if (id != ast::no_object) {
    spell(object.name, id);
  } else if (candidates.empty() && signatures_in_pg_catalog(object.name.name).empty()) {
    place(object.name);
  }
}

/// What a statement is about. `external`: where the script does not make it, it is taken to be on the target.
void Binder::object(ast::ObjectRef& object, bool external) {
  using Kind = ObjectKind;
  const auto relation_of = [&](Kind kind) {
    const ObjectId id = find_relation(object.name);
    if (id != ast::no_object) {
      if (external) note_early(id, is_certain(object.name));
      spell(object.name, id);
    } else if (external) {
      subject(object.name, kind);
    } else {
      place(object.name);
    }
  };
  switch (object.kind) {
    case Kind::table:
    case Kind::index:
    case Kind::sequence:
    case Kind::view:
    case Kind::materialized_view:
    case Kind::foreign_table:
      return relation_of(object.kind);
    case Kind::column:
      relation_of(Kind::table);
      look_for(object.name.object, object.member);
      return use(names.find_in(object.name.object, Kind::column, object.member));
    case Kind::constraint:
    case Kind::trigger:
    case Kind::policy:
    case Kind::rule:
      relation_of(Kind::table);
      return use(names.find_in(object.name.object, object.kind, object.member));
    case Kind::type:
    case Kind::domain:
    case Kind::domain_constraint: {
      const ObjectId id = names.find_type(object.name, path_);
      if (id != ast::no_object) return spell(object.name, id);
      return is_type_of_pg_catalog(object.name.name) ? void() : place(object.name);
    }
    case Kind::function:
    case Kind::procedure:
    case Kind::routine:
    case Kind::aggregate:
      return routine(object);
    case Kind::schema:
    case Kind::role:
    case Kind::database:
    case Kind::extension: {
      const ObjectId id = names.find(object.kind, {{}, object.name.name}, {});
      object.name.object = id;
      return use(id);
    }
    default:
      return;
  }
}

/// The name of a CREATE: in the schema where it is made, which is written unless it is public.
Binder::Result Binder::create(ObjectKind kind, ast::Name& name, bool or_replace, bool if_not_exists) {
  ast::Name full = name;
  if (full.schema.empty()) full.schema = path_.empty() ? "public" : path_.front();
  Result result;
  const ObjectId found = names.find(kind, full, {});
  if (found != ast::no_object && script_.objects[found].made_here()) {
    result.object = found;
    result.older = script_.objects[found].created;
    result.met = or_replace ? Met::replaced : if_not_exists ? Met::existing : Met::taken;
    if (or_replace) script_.objects[found].created = current_->id;
  } else {
    if (found != ast::no_object) give_way(found, or_replace || if_not_exists, result);
    result.object = names.create(kind, full, current_->id);
  }
  spell(name, result.object);
  return result;
}

}  // namespace pg2crdb::bind
