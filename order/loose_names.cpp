// Names that the binder leaves alone, because nothing tells what the script does not make from what the
// server has: those get an object here, once all passes have written what they write.
#include <algorithm>

#include "ast/sequence_call.h"
#include "bind/namespace.h"
#include "bind/pg_catalog.h"
#include "bind/tree_edit.h"
#include "order/missing.h"
#include "order/names.h"
#include "support/ascii.h"

namespace pg2crdb::order {

using ast::ObjectId;
using ast::ObjectKind;

ObjectId MissingObjects::external(ObjectKind kind, const ast::Name& name) {
  ast::Object made;
  made.kind = kind;
  made.name = {name.schema.empty() ? "public" : name.schema, name.name};
  script_.objects.push_back(std::move(made));
  maker_.push_back(ast::no_statement);
  const auto id = static_cast<ObjectId>(script_.objects.size() - 1);
  enter(id);
  if (name.schema.empty()) bare_.insert(id);
  return id;
}

/// Names of the server's own begin with pg_ where they have no schema.
bool MissingObjects::may_be_external(const ast::Name& name) const {
  if (name.object != ast::no_object || name.name.empty()) return false;
  return name.schema.empty() ? !empty_path_ && !name.name.starts_with("pg_")
                             : !bind::is_system_schema(name.schema);
}

void MissingObjects::bind_loose_names() {
  bind::TreeEdit calls;
  calls.call = [&](ast::FunctionCall& call) {
    bind_call(call);
    const std::optional<ast::Name> name = ast::called_sequence(call);
    if (name && may_be_external(*name) && find(*name) == ast::no_object)
      external(ObjectKind::sequence, *name);
  };
  for (ast::Statement& statement : script_.statements) {
    if (!statement.live()) continue;
    bind::edit(statement.node, calls);
    if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
      if (grant->all_in_schema) continue;
      for (ast::ObjectRef& one : grant->objects) bind_loose(one);
    } else if (auto* owner = std::get_if<ast::AlterOwner>(&statement.node)) {
      bind_loose(owner->object);
    } else if (auto* comment = std::get_if<ast::Comment>(&statement.node)) {
      bind_loose(comment->object);
    } else if (auto* drop = std::get_if<ast::Drop>(&statement.node)) {
      // What a script drops is never what it makes and leaves standing.
      for (ast::ObjectRef& one : drop->objects) {
        if (!drop->if_exists && find(one.name) == ast::no_object) bind_loose(one);
      }
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

/// A call of a function without a schema may be of the server's own.
void MissingObjects::bind_call(ast::FunctionCall& call) {
  if (call.name.schema.empty() || !may_be_external(call.name)) return;
  const List& known = routines_[key_of(call.name)];
  if (known.empty())
    call.name.object = external(ObjectKind::function, call.name);
  else if (is_outside(known[0]))
    call.name.object = known[0];
}

void MissingObjects::bind_loose(ast::ObjectRef& reference) {
  if (!may_be_external(reference.name)) return;
  ast::Name& name = reference.name;
  const bool routine = bind::is_routine(reference.kind);
  if (routine) {
    // Of one that is there with another signature nobody knows what was meant.
    const List& known = routines_[key_of(name)];
    if (known.empty()) {
      if (name.schema.empty() && !bind::signatures_in_pg_catalog(name.name).empty()) return;
      name.object = external(ObjectKind::function, name);
      only_granted_.insert(name.object);
    } else if (!object(known.front()).made_here()) {
      name.object = known.front();
    }
  } else if (is_type(reference.kind) || bind::is_relation(reference.kind)) {
    const ObjectId* known = relations_.find(key_of(name));
    name.object = known == nullptr ? external(reference.kind, name) : *known;
  }
}

bool is_held_back_block(const ast::Statement& statement) {
  return std::holds_alternative<ast::DoBlock>(statement.node) && statement.fate == ast::Fate::needs_person;
}

bool says(std::string_view text, std::string_view word) {
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !in_name(text[at - 1])) && (end == text.size() || !in_name(text[end]))) return true;
  }
  return false;
}

namespace {

/// Whether a body may make what it names: one that alters a table, or drops it, does not.
bool may_make_objects(const std::string& body) {
  const std::string text = lower(body);
  for (const std::string_view word : {"create", "execute", "perform", "call", "schema"}) {
    if (says(text, word)) return true;
  }
  constexpr std::string_view rename = "rename";
  for (size_t at = text.find(rename); at != std::string::npos; at = text.find(rename, at + 1)) {
    const size_t next = text.find_first_not_of(" \t\r\n", at + rename.size());
    if (next != std::string::npos && text.substr(next).starts_with("to ")) return true;
  }
  return false;
}

}  // namespace

/// A block that is held back makes objects that show as words of it only: behind RENAME TO, in what it
/// EXECUTEs. Nothing else of the script makes them.
void MissingObjects::find_makers_in_blocks() {
  List unmade;
  for (ObjectId id = 1; id < script_.objects.size(); ++id) {
    if (maker_[id] == ast::no_statement && object(id).stands() && is_tracked(object(id).kind))
      unmade.push_back(id);
  }
  for (const ast::Statement& statement : script_.statements) {
    if (!is_held_back_block(statement)) continue;
    const std::string& body = std::get<ast::DoBlock>(statement.node).body;
    if (!may_make_objects(body)) continue;
    for (const ObjectId id : unmade) {
      if (maker_[id] == ast::no_statement && says(body, object(id).name.name)) maker_[id] = statement.id;
    }
  }
  for (const ast::Statement& statement : script_.statements) find_maker_by_rename(statement);
}

/// What a statement calls otherwise that a block makes is another object to what follows.
void MissingObjects::find_maker_by_rename(const ast::Statement& statement) {
  ObjectId before = ast::no_object;
  ast::Name name;
  if (const auto* rename = std::get_if<ast::Rename>(&statement.node);
      rename != nullptr && rename->object.member.empty()) {
    before = rename->object.name.object;
    name = {object(before).name.schema, rename->new_name};
  } else if (const auto* move = std::get_if<ast::SetSchema>(&statement.node)) {
    before = move->object.name.object;
    name = {move->schema, object(before).name.name};
  }
  if (before == ast::no_object || object(before).made_here() || maker_[before] == ast::no_statement) return;
  const ObjectId known = find(name);
  if (known != ast::no_object && maker_[known] == ast::no_statement) maker_[known] = statement.id;
}

}  // namespace pg2crdb::order
