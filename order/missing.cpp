#include "order/missing.h"

#include <algorithm>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/walk.h"
#include "bind/absence.h"
#include "bind/namespace.h"
#include "bind/tree_edit.h"
#include "order/extent.h"
#include "order/names.h"

namespace pg2crdb::order {

using ast::ObjectId;
using ast::ObjectKind;

namespace {

void add(MissingObjects::List& found, ObjectId id) {
  if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
}

std::string member_key(ObjectId relation, std::string_view name) {
  std::string key(reinterpret_cast<const char*>(&relation), sizeof relation);
  return key.append(name);
}

/// What CREATE OR REPLACE may make anew.
ObjectId replaceable_made_by(const ast::StatementNode& node) {
  if (const auto* function = std::get_if<ast::CreateFunction>(&node)) return function->name.object;
  if (const auto* view = std::get_if<ast::CreateView>(&node)) return view->name.object;
  return ast::no_object;
}

/// off, false, no, 0, as a word or in quotes.
bool sets_false(const ast::SetVariable& set) {
  if (set.kind != ast::SetVariable::Kind::value || set.values.size() != 1) return false;
  const auto* literal = std::get_if<ast::Literal>(&set.values[0].node);
  return literal != nullptr && literal->text != "on" && literal->text != "true" && literal->text != "1";
}

}  // namespace

bool is_type(ObjectKind kind) {
  return kind == ObjectKind::type || kind == ObjectKind::domain;
}

bool is_tracked(ObjectKind kind) {
  return bind::is_relation(kind) || bind::is_routine(kind) || bind::is_member(kind) || is_type(kind);
}

MissingObjects::MissingObjects(ast::Script& script) : script_(script), empty_path_(empties_path(script)) {
  name_objects();
  bind_loose_names();
  find_makers_in_blocks();
  find_columns_of_blocks();
  find_missing();
  if (is_dump(script) || stands_alone()) return;
  piece_ = true;
  for (ObjectId id = 1; id < script_.objects.size(); ++id) {
    if (is_outside(id)) missing_[id] = false;
  }
  any_ = std::find(missing_.begin(), missing_.end(), true) != missing_.end();
}

void MissingObjects::name_objects() {
  for (const ast::Statement& statement : script_.statements) {
    const auto* rename = std::get_if<ast::Rename>(&statement.node);
    const auto* move = std::get_if<ast::SetSchema>(&statement.node);
    const ast::ObjectRef* renamed = rename != nullptr ? &rename->object
                                    : move != nullptr ? &move->object
                                                      : nullptr;
    const bool is_own_relation =
        renamed != nullptr && bind::is_relation(renamed->kind) && object(renamed->name.object).made_here();
    if (renamed != nullptr && (is_type(renamed->kind) || is_own_relation))
      former_names_.emplace(renamed->name.object, renamed->name);
    const auto* trigger = std::get_if<ast::CreateTrigger>(&statement.node);
    if (trigger == nullptr) continue;
    transition_tables_.insert(trigger->old_table);
    transition_tables_.insert(trigger->new_table);
    triggered_.insert(trigger->function.object);
  }
  maker_.push_back(ast::no_statement);
  for (ObjectId id = 1; id < script_.objects.size(); ++id) {
    enter(id);
    maker_.push_back(object(id).created);
  }
  for (const ast::Statement& statement : script_.statements) {
    // In order, what a replacement that is held back would have replaced is still there.
    const ObjectId replaced = statement.live() ? replaceable_made_by(statement.node) : ast::no_object;
    if (replaced != ast::no_object && maker_[replaced] != ast::no_statement &&
        !script_.statements[maker_[replaced]].live())
      maker_[replaced] = statement.id;
    // A pass may make a statement of its own for what another one made along: a serial column's sequence.
    const ast::Name* made = statement.fate == ast::Fate::added ? name_made_by(statement.node) : nullptr;
    if (made == nullptr || std::holds_alternative<ast::CreateFunction>(statement.node)) continue;
    const ObjectId known = find(*made);
    maker_[known == ast::no_object ? external(ObjectKind::table, *made) : known] = statement.id;
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
  } else if (members_known_) {
    enter_member(id);
  }
}

void MissingObjects::enter_member(ObjectId id) const {
  const ast::Object& one = object(id);
  next_members_.resize(script_.objects.size(), ast::no_object);
  const auto [first, is_new] = members_.emplace(member_key(one.parent, one.name.name), id);
  if (is_new) return;
  ObjectId last = first;
  while (next_members_[last] != ast::no_object) last = next_members_[last];
  next_members_[last] = id;
}

ObjectId MissingObjects::first_member(ObjectId relation, std::string_view name) const {
  if (!members_known_) {
    members_known_ = true;
    for (ObjectId id = 1; id < script_.objects.size(); ++id) {
      if (bind::is_member(object(id).kind) && object(id).stands()) enter_member(id);
    }
  }
  const ObjectId* first = members_.find(member_key(relation, name));
  return first == nullptr ? ast::no_object : *first;
}

/// Of a name in a text. In trees a name without an object is none of ours: a common table of a query may be
/// called like a table.
ObjectId MissingObjects::find(const ast::Name& name) const {
  if (name.object != ast::no_object || name.name.empty()) return name.object;
  const ObjectId* found = relations_.find(key_of(name));
  return found == nullptr ? ast::no_object : *found;
}

/// The statement that its content stands in now.
const ast::Statement& MissingObjects::stands_in(ast::StatementId id) const {
  const ast::Statement* statement = &script_.statements[id];
  for (size_t i = 0; statement->fate == ast::Fate::merged && i < script_.statements.size(); ++i)
    statement = &script_.statements[statement->merged_into];
  return *statement;
}

/// Constraints that stand in a live statement, wherever that was folded to.
std::vector<bool> MissingObjects::written_constraints() const {
  std::vector<bool> found(script_.objects.size());
  ast::Visitor visitor;
  visitor.constraint = [&](ast::Constraint& constraint) { found[constraint.object] = true; };
  for (ast::Statement& statement : script_.statements) {
    const bool may_hold = std::holds_alternative<ast::CreateTable>(statement.node) ||
                          std::holds_alternative<ast::AlterTable>(statement.node);
    if (may_hold && statement.live()) walk(statement.node, visitor);
  }
  return found;
}

void MissingObjects::find_missing() {
  const std::vector<bool> constraints = written_constraints();
  missing_.resize(script_.objects.size(), false);
  made_.resize(script_.statements.size());
  for (ObjectId id = 1; id < script_.objects.size(); ++id) {
    const ast::Object& one = object(id);
    if (!is_tracked(one.kind)) continue;
    if (maker_[id] == ast::no_statement) {
      missing_[id] = is_outside(id) || (one.stands() && one.kind == ObjectKind::foreign_table);
    } else if (one.stands() || one.kind == ObjectKind::foreign_table) {  // in order, it may go later
      const ast::Statement& maker = stands_in(maker_[id]);
      // Of a domain the base type stands at each use.
      const bool expanded = one.kind == ObjectKind::domain && maker.fate == ast::Fate::dropped;
      // The index of a constraint is there where the constraint is.
      const bool of_constraint =
          one.kind == ObjectKind::index && object(one.parent).kind == ObjectKind::constraint;
      const ObjectId constraint = one.kind == ObjectKind::constraint ? id
                                  : of_constraint                    ? one.parent
                                                                     : ast::no_object;
      missing_[id] = constraint != ast::no_object ? !constraints[constraint] : !maker.live() && !expanded;
      made_[maker.id].push_back(id);
    }
    any_ = any_ || missing_[id];
  }
}

/// Whether PostgreSQL runs the script on an empty database: it makes a table, and needs nothing that it does
/// not make. What a body names is needed where PostgreSQL looks at it: in SQL, as long as
/// check_function_bodies is on.
bool MissingObjects::stands_alone() {
  bool makes_table = false;
  bool checks_bodies = true;
  const auto needs_outside = [&](ast::Statement& statement) {
    const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
    if (function != nullptr && (!checks_bodies || function->language != "sql")) return false;
    const List needed = needed_by(statement);
    // A function that a body calls by its name alone may be one of PostgreSQL's own.
    const auto may_be_built_in = [&](const ast::Object& one) {
      return bind::is_routine(one.kind) && one.name.schema == "public";
    };
    return std::any_of(needed.begin(), needed.end(), [&](ObjectId id) {
      return is_outside(id) && (function == nullptr || !may_be_built_in(object(id)));
    });
  };
  for (ast::Statement& statement : script_.statements) {
    makes_table = makes_table || std::holds_alternative<ast::CreateTable>(statement.node);
    if (const auto* set = std::get_if<ast::SetVariable>(&statement.node);
        set != nullptr && set->name == "check_function_bodies")
      checks_bodies = !sets_false(*set);
    if (!bind::forgives_absence(statement.node) && needs_outside(statement)) return false;
  }
  return makes_table &&
         std::none_of(script_.data.begin(), script_.data.end(), [&](const ast::DataBlock& block) {
           return block.table.object != ast::no_object && is_outside(block.table.object);
         });
}

bool MissingObjects::is_outside(ObjectId id) const {
  const ast::Object& one = object(id);
  // What stood there may be dropped; where it gave way to a CREATE it never stood.
  const bool stood = one.stands() || std::holds_alternative<ast::Drop>(script_.statements[one.dropped].node);
  return maker_[id] == ast::no_statement && stood &&
         (bind::is_relation(one.kind) || bind::is_routine(one.kind) || is_type(one.kind)) &&
         !one.name.schema.empty() && !bind::is_system_schema(one.name.schema) &&
         !transition_tables_.contains(one.name.name);
}

void MissingObjects::look_for_outside() {
  for (ObjectId id = 1; id < script_.objects.size(); ++id) {
    if (is_outside(id)) missing_[id] = any_ = true;
  }
}

bool MissingObjects::lose(ObjectId id) {
  if (missing_[id]) return false;
  missing_[id] = true;
  if (id < last_questions_.size()) {
    for (size_t i = last_questions_[id]; i != 0; i = questions_[i - 1].before)
      misled_.push_back(questions_[i - 1].statement);
  }
  return true;
}

bool MissingObjects::is_lost(ObjectId id) const {
  if (missing_[id]) return true;
  if (asking_ == ast::no_statement) return false;
  last_questions_.resize(missing_.size(), 0);
  size_t& last = last_questions_[id];
  if (last == 0 || questions_[last - 1].statement != asking_) {
    questions_.push_back({asking_, last});
    last = questions_.size();
  }
  return false;
}

bool MissingObjects::is_missing(const ast::Name& name, const ast::Statement& statement) const {
  return name.object != ast::no_object && is_lost(name.object) && is_spelled(name) &&
         !has_other_meaning(name.object, statement);
}

/// Passes write other types and functions over names, so what may be written over is meant only where it is
/// still spelled as the object.
bool MissingObjects::is_spelled(const ast::Name& name) const {
  const ast::Object& one = object(name.object);
  if (one.made_here() && !is_type(one.kind)) return true;
  if (has_former_name(name)) return true;
  if (name.name != one.name.name) return false;
  if (name.schema == one.name.schema) return true;
  if (!name.schema.empty()) return false;
  if (maker_[name.object] != ast::no_statement) return one.name.schema == "public";
  // Names of the server's own begin with pg_.
  return !empty_path_ && !name.name.starts_with("pg_") &&
         (bind::is_relation(one.kind) || bare_.contains(name.object));
}

/// What stands in front of the statement that calls it otherwise keeps the name that it had.
bool MissingObjects::has_former_name(const ast::Name& name) const {
  const auto [first, last] = former_names_.equal_range(name.object);
  return std::any_of(first, last, [&](const auto& entry) {
    const ast::Name& former = entry.second;
    return former.name == name.name &&
           (former.schema == name.schema || former.schema.empty() || name.schema.empty());
  });
}

/// A call may mean several overloads, and one of those is there. That a routine calls itself where it has
/// overloads is the least likely.
bool MissingObjects::has_other_meaning(ObjectId id, const ast::Statement& statement) const {
  const ast::Object& one = object(id);
  if (!bind::is_routine(one.kind)) return false;
  const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  const ObjectId made = function == nullptr ? ast::no_object : function->name.object;
  return std::any_of(statement.text_objects.begin(), statement.text_objects.end(), [&](ObjectId other) {
    const ast::Object& candidate = object(other);
    return other != id && other != made && candidate.name == one.name && candidate.stands() &&
           !is_lost(other) && bind::is_routine(candidate.kind);
  });
}

/// CockroachDB looks at the names of a trigger's function when a trigger is made with it, whose transition
/// tables are among them.
bool MissingObjects::may_be_transition_table(ObjectId id, const ast::Statement& statement) const {
  const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
  return function != nullptr && function->returns->name.name == "trigger" && is_outside(id) &&
         bind::is_relation(object(id).kind) && !triggered_.contains(function->name.object);
}

void MissingObjects::look_at(const ast::Name& name, const ast::Statement& statement, List& found) const {
  if (is_missing(name, statement)) add(found, name.object);
}

void MissingObjects::look_at_text(ast::Name name, const ast::Statement& statement, List& found) const {
  const std::vector<ObjectId>& named = statement.text_objects;
  name.object = find(name);
  if (std::ranges::find(named, name.object) == named.end()) {
    // In front of a rename an object has another name.
    const auto renamed = std::ranges::find_if(named, [&](ObjectId id) {
      return has_former_name({name.schema, name.name, id});
    });
    if (renamed != named.end()) name.object = *renamed;
  }
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
        std::all_of(known->second.begin(), known->second.end(), [&](ObjectId id) { return is_lost(id); }))
      add(found, known->second.front());
  }
  if (!found.empty()) return;
  for (const ast::TypeName& type : reference.arguments) look_at(type.name, statement, found);
}

void MissingObjects::look_at_member(const ast::Name& relation, ObjectKind kind, const std::string& name,
                                    List& found) const {
  for (ObjectId id = first_member(relation.object, name); id != ast::no_object; id = next_members_[id]) {
    if (object(id).kind == kind && is_lost(id)) add(found, id);
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
    if (const auto serial = ast::serial_sequence_call(call)) look_at_text(serial->table, statement, found);
  };
  bind::edit(node, look);
  look_at_columns(node, statement, found);
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
                       std::holds_alternative<ast::Opaque>(node) || ast::changed_table(node) != nullptr;
  if (is_text) {
    for (const ObjectId id : statement.text_objects) {
      const bool missing = is_lost(id) && !has_other_meaning(id, statement);
      if (missing && !may_be_transition_table(id, statement)) add(found, id);
    }
    if (const auto* opaque = std::get_if<ast::Opaque>(&node)) look_at_trigger(*opaque, statement, found);
    look_at_columns_in_body(statement, found);
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
