#include "order/missing.h"

#include <algorithm>

#include "ast/sequence_call.h"
#include "bind/namespace.h"
#include "bind/session.h"
#include "bind/tree_edit.h"

namespace pg2crdb::order {

using ast::ObjectId;
using ast::ObjectKind;

namespace {

bool is_type(ObjectKind kind) {
  return kind == ObjectKind::type || kind == ObjectKind::domain;
}

/// What statements can hang on.
bool is_tracked(ObjectKind kind) {
  return bind::is_relation(kind) || bind::is_routine(kind) || bind::is_member(kind) || is_type(kind);
}

std::string key_of(const ast::Name& name) {
  return (name.schema.empty() ? "public" : name.schema) + '\0' + name.name;
}

void add(MissingObjects::List& found, ObjectId id) {
  if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
}

/// How a script looks like what pg_dump writes.
struct Marks {
  bool empty_path = false;  ///< set_config('search_path', '', false)
  bool strings = false;
  bool encoding = false;
  bool table = false;

  explicit Marks(const ast::Script& script) {
    for (const ast::Statement& statement : script.statements) {
      if (const auto* set = std::get_if<ast::SetVariable>(&statement.node)) {
        strings = strings || set->name == "standard_conforming_strings";
        encoding = encoding || set->name == "client_encoding";
      } else if (const auto* select = std::get_if<ast::SelectStatement>(&statement.node)) {
        const std::optional<bind::ConfiguredPath> path = bind::configured_path(*select);
        empty_path = empty_path || (path && path->text.empty());
      } else if (std::holds_alternative<ast::CreateTable>(statement.node)) {
        table = true;
      }
    }
  }
  bool is_dump() const { return table && (empty_path || (strings && encoding)); }
};

bool may_be_external(const ast::Name& name) {
  return name.object == ast::no_object && !name.schema.empty() && !bind::is_system_schema(name.schema);
}

}  // namespace

const ast::Name* name_made_by(const ast::StatementNode& node) {
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) return &table->name;
  if (const auto* view = std::get_if<ast::CreateView>(&node)) return &view->name;
  if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return &as->name;
  if (const auto* sequence = std::get_if<ast::CreateSequence>(&node)) return &sequence->name;
  if (const auto* one = std::get_if<ast::CreateEnum>(&node)) return &one->name;
  if (const auto* composite = std::get_if<ast::CreateCompositeType>(&node)) return &composite->name;
  if (const auto* function = std::get_if<ast::CreateFunction>(&node)) return &function->name;
  return nullptr;
}

bool is_dump(const ast::Script& script) {
  return Marks(script).is_dump();
}

MissingObjects::MissingObjects(ast::Script& script) : script_(script) {
  const Marks marks(script);
  dump_ = marks.is_dump();
  empty_path_ = marks.empty_path;
  name_objects();
  if (dump_) bind_loose_names();
  find_missing();
}

void MissingObjects::name_objects() {
  maker_.push_back(ast::no_statement);
  for (ObjectId id = 1; id < script_.objects.size(); ++id) {
    enter(id);
    maker_.push_back(object(id).created);
  }
  for (const ast::Statement& statement : script_.statements) {
    // A pass may make a statement of its own for what another one made along: a serial column's sequence.
    const ast::Name* made = statement.fate == ast::Fate::added ? name_made_by(statement.node) : nullptr;
    const ObjectId id = made == nullptr ? ast::no_object : find(*made);
    if (id != ast::no_object) maker_[id] = statement.id;
  }
}

void MissingObjects::enter(ObjectId id) {
  const ast::Object& one = object(id);
  if (!one.stands() || !is_tracked(one.kind)) return;
  if (bind::is_routine(one.kind)) {
    routines_[key_of(one.name)].push_back(id);
  } else if (bind::is_relation(one.kind) || is_type(one.kind)) {
    ObjectId& known = relations_[key_of(one.name)];
    if (known == ast::no_object || !object(known).made_here()) known = id;
  } else {
    members_[{one.parent, one.name.name}].push_back(id);
  }
}

/// Of a name in a text. In trees a name without an object is none of ours: a common table of a query may be
/// called like a table.
ObjectId MissingObjects::find(const ast::Name& name) const {
  if (name.object != ast::no_object || name.name.empty()) return name.object;
  const auto found = relations_.find(key_of(name));
  return found == relations_.end() ? ast::no_object : found->second;
}

ObjectId MissingObjects::external(ObjectKind kind, const ast::Name& name) {
  ast::Object made;
  made.kind = kind;
  made.name = {name.schema, name.name};
  script_.objects.push_back(std::move(made));
  maker_.push_back(ast::no_statement);
  const auto id = static_cast<ObjectId>(script_.objects.size() - 1);
  enter(id);
  return id;
}

void MissingObjects::bind_loose_names() {
  bind::TreeEdit sequences;
  sequences.call = [&](ast::FunctionCall& call) {
    const std::optional<ast::Name> name = ast::called_sequence(call);
    if (name && may_be_external(*name) && find(*name) == ast::no_object)
      external(ObjectKind::sequence, *name);
  };
  for (ast::Statement& statement : script_.statements) {
    if (!statement.live()) continue;
    bind::edit(statement.node, sequences);
    if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
      if (grant->all_in_schema) continue;
      for (ast::ObjectRef& one : grant->objects) bind_loose(one);
    } else if (auto* owner = std::get_if<ast::AlterOwner>(&statement.node)) {
      bind_loose(owner->object);
    } else if (auto* comment = std::get_if<ast::Comment>(&statement.node)) {
      bind_loose(comment->object);
    } else if (auto* labels = std::get_if<ast::AlterEnum>(&statement.node)) {
      ast::ObjectRef type;
      type.kind = ObjectKind::type;
      type.name = labels->name;
      bind_loose(type);
      labels->name = type.name;
    }
  }
  for (ast::DataBlock& block : script_.data) {
    if (!may_be_external(block.table) || block.rows == 0) continue;
    const ObjectId known = find(block.table);
    block.table.object = known == ast::no_object ? external(ObjectKind::table, block.table) : known;
  }
}

void MissingObjects::bind_loose(ast::ObjectRef& reference) {
  if (!may_be_external(reference.name)) return;
  ast::Name& name = reference.name;
  const bool routine = bind::is_routine(reference.kind);
  if (routine) {
    // Of one that is there with another signature nobody knows what was meant.
    const List& known = routines_[key_of(name)];
    if (known.empty()) {
      name.object = external(ObjectKind::function, name);
      only_granted_.insert(name.object);
    } else if (!object(known.front()).made_here()) {
      name.object = known.front();
    }
  } else if (is_type(reference.kind) || bind::is_relation(reference.kind)) {
    const auto known = relations_.find(key_of(name));
    name.object = known == relations_.end() ? external(reference.kind, name) : known->second;
  }
}

/// The statement that its content stands in now.
const ast::Statement& MissingObjects::stands_in(ast::StatementId id) const {
  const ast::Statement* statement = &script_.statements[id];
  for (size_t i = 0; statement->fate == ast::Fate::merged && i < script_.statements.size(); ++i)
    statement = &script_.statements[statement->merged_into];
  return *statement;
}

void MissingObjects::find_missing() {
  missing_.resize(script_.objects.size(), false);
  made_.resize(script_.statements.size());
  for (ObjectId id = 1; id < script_.objects.size(); ++id) {
    const ast::Object& one = object(id);
    if (!one.stands() || !is_tracked(one.kind)) continue;
    if (maker_[id] == ast::no_statement) {
      missing_[id] = is_outside(id) || one.kind == ObjectKind::foreign_table;
    } else {
      const ast::Statement& maker = stands_in(maker_[id]);
      // Of a domain the base type stands at each use.
      const bool expanded = one.kind == ObjectKind::domain && maker.fate == ast::Fate::dropped;
      missing_[id] = !maker.live() && !expanded;
      made_[maker.id].push_back(id);
    }
    any_ = any_ || missing_[id];
  }
}

bool MissingObjects::is_outside(ObjectId id) const {
  const ast::Object& one = object(id);
  return dump_ && !one.made_here() &&
         (bind::is_relation(one.kind) || bind::is_routine(one.kind) || is_type(one.kind)) &&
         !one.name.schema.empty() && !bind::is_system_schema(one.name.schema);
}

bool MissingObjects::lose(ObjectId id) {
  const bool before = missing_[id];
  missing_[id] = true;
  return !before;
}

bool MissingObjects::is_missing(const ast::Name& name, const ast::Statement& statement) const {
  return name.object != ast::no_object && missing_[name.object] && is_spelled(name) &&
         !has_other_meaning(name.object, statement);
}

/// Passes write other types and functions over names, so what may be written over is meant only where it is
/// still spelled as the object.
bool MissingObjects::is_spelled(const ast::Name& name) const {
  const ast::Object& one = object(name.object);
  if (one.made_here() && !is_type(one.kind)) return true;
  if (name.name != one.name.name) return false;
  if (name.schema == one.name.schema) return true;
  if (!name.schema.empty()) return false;
  if (one.made_here()) return one.name.schema == "public";
  // Before search_path was emptied, dumps wrote names of the path without their schema. Names of the server's
  // own begin with pg_.
  return !empty_path_ && bind::is_relation(one.kind) && !name.name.starts_with("pg_");
}

/// A call may mean several overloads, and one of those is there.
bool MissingObjects::has_other_meaning(ObjectId id, const ast::Statement& statement) const {
  const ast::Object& one = object(id);
  if (!bind::is_routine(one.kind)) return false;
  return std::any_of(statement.text_objects.begin(), statement.text_objects.end(), [&](ObjectId other) {
    const ast::Object& candidate = object(other);
    return other != id && candidate.name == one.name && candidate.stands() && !missing_[other] &&
           bind::is_routine(candidate.kind);
  });
}

void MissingObjects::look_at(const ast::Name& name, const ast::Statement& statement, List& found) const {
  if (is_missing(name, statement)) add(found, name.object);
}

void MissingObjects::look_at_text(ast::Name name, const ast::Statement& statement, List& found) const {
  name.object = find(name);
  look_at(name, statement, found);
}

void MissingObjects::look_at_owner(const ast::SequenceOptions& options, const ast::Statement& statement,
                                   List& found) const {
  const std::vector<std::string>& owner = options.owned_by;
  if (owner.size() < 2) return;
  look_at_text({owner.size() > 2 ? owner[owner.size() - 3] : std::string(), owner[owner.size() - 2]},
               statement, found);
}

void MissingObjects::look_at(const ast::ObjectRef& reference, const ast::Statement& statement,
                             List& found) const {
  look_at(reference.name, statement, found);
  if (!reference.member.empty()) look_at_member(reference.name, reference.kind, reference.member, found);
  const bool routine = bind::is_routine(reference.kind);
  if (routine && reference.name.object == ast::no_object) {
    const auto known = routines_.find(key_of(reference.name));
    if (known != routines_.end() && !known->second.empty() &&
        std::all_of(known->second.begin(), known->second.end(), [&](ObjectId id) { return missing_[id]; }))
      add(found, known->second.front());
  }
  if (!found.empty()) return;
  for (const ast::TypeName& type : reference.arguments) look_at(type.name, statement, found);
}

void MissingObjects::look_at_member(const ast::Name& relation, ObjectKind kind, const std::string& name,
                                    List& found) const {
  const auto members = members_.find({relation.object, name});
  if (members == members_.end()) return;
  for (const ObjectId id : members->second) {
    if (object(id).kind == kind && missing_[id]) add(found, id);
  }
}

/// ALTER TABLE t ENABLE TRIGGER r, which the tree keeps word for word: the trigger is its last word.
void MissingObjects::look_at_trigger(const ast::Opaque& opaque, const ast::Statement& statement,
                                     List& found) const {
  if (!opaque.kind.ends_with("ENABLE TRIGGER") && !opaque.kind.ends_with("DISABLE TRIGGER")) return;
  const size_t end = opaque.text.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return;
  const size_t begin = opaque.text[end] == '"' ? opaque.text.rfind('"', end - 1)
                                               : opaque.text.find_last_of(" \t\r\n", end) + 1;
  if (begin == std::string::npos) return;
  const auto name = ast::parse_regclass(std::string_view(opaque.text).substr(begin, end + 1 - begin));
  if (!name) return;
  for (const ObjectId table : statement.text_objects) {
    ast::Name relation;
    relation.object = table;
    look_at_member(relation, ObjectKind::trigger, name->name, found);
  }
}

template <class Node>
void MissingObjects::look(Node& node, const ast::Statement& statement, List& found) const {
  bind::TreeEdit look;
  look.name = [&](ast::Name& name) { look_at(name, statement, found); };
  look.call = [&](ast::FunctionCall& call) {
    if (const std::optional<ast::Name> name = ast::called_sequence(call))
      look_at_text(*name, statement, found);
  };
  bind::edit(node, look);
  // Its own name, where a pass made it and the object is another statement's.
  std::erase_if(found, [&](ObjectId id) { return maker_[id] == statement.id; });
}

void MissingObjects::look_into(ast::Expr& expr, const ast::Statement& statement, List& found) const {
  look(expr, statement, found);
}
void MissingObjects::look_into(ast::Constraint& constraint, const ast::Statement& statement,
                               List& found) const {
  look(constraint, statement, found);
}
void MissingObjects::look_into(ast::AlterCommand& command, const ast::Statement& statement,
                               List& found) const {
  look(command, statement, found);
  if (const auto* validate = std::get_if<ast::ValidateConstraint>(&command)) {
    const auto& alter = std::get<ast::AlterTable>(statement.node);
    look_at_member(alter.name, ObjectKind::constraint, validate->name, found);
  }
}

MissingObjects::List MissingObjects::needed_by(ast::Statement& statement) const {
  List found;
  ast::StatementNode& node = statement.node;
  const bool is_text = std::holds_alternative<ast::CreateFunction>(node) ||
                       std::holds_alternative<ast::DoBlock>(node) ||
                       std::holds_alternative<ast::Opaque>(node);
  if (is_text) {
    for (const ObjectId id : statement.text_objects) {
      if (missing_[id] && object(id).stands() && !has_other_meaning(id, statement)) add(found, id);
    }
    if (const auto* opaque = std::get_if<ast::Opaque>(&node)) look_at_trigger(*opaque, statement, found);
  } else if (const auto* sequence = std::get_if<ast::CreateSequence>(&node)) {
    look_at_owner(sequence->options, statement, found);
  } else if (const auto* altered = std::get_if<ast::AlterSequence>(&node)) {
    look_at_owner(altered->options, statement, found);
  } else if (const auto* comment = std::get_if<ast::Comment>(&node)) {
    look_at(comment->object, statement, found);
  } else if (const auto* owner = std::get_if<ast::AlterOwner>(&node)) {
    look_at(owner->object, statement, found);
  } else if (const auto* rename = std::get_if<ast::Rename>(&node)) {
    look_at(rename->object, statement, found);
  }
  look(node, statement, found);
  return found;
}

}  // namespace pg2crdb::order
