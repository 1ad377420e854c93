// What hangs on an object that is not in the output. The object is missing because the statement that makes
// it was held back or left out, because PostgreSQL's parser refuses it, or because a dump names it and does
// not hold it. Statements that need it are held back, what they make is missing in turn, until nothing
// changes. All of it goes by objects: a word that reads alike elsewhere does not matter.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "bind/namespace.h"
#include "bind/tree_edit.h"

namespace pg2crdb {
namespace {

using ast::ObjectId;
using ast::ObjectKind;

constexpr Rule rules[] = {
    {"missing-object", Severity::error, "names", "a dump names an object that it does not hold",
     "Dump it as well, or create it on the target first and acknowledge; what hangs on it is run by hand "
     "then."},
    {"object-not-translated", Severity::warning, "statements",
     "the statement concerns an object that is not in the output", "Run it by hand once the object exists."},
    {"missing-schema", Severity::info, "names",
     "a schema that objects of the dump live in is not in the dump",
     "Nothing to do; give the schema its owner and privileges where they matter."},
};
enum : size_t { missing_object, object_not_translated, missing_schema };

bool is_type(ObjectKind kind) {
  return kind == ObjectKind::type || kind == ObjectKind::domain;
}

/// What statements can hang on. Roles, schemas, extensions and databases are looked after by others.
bool is_tracked(ObjectKind kind) {
  return bind::is_relation(kind) || bind::is_routine(kind) || bind::is_member(kind) || is_type(kind) ||
         kind == ObjectKind::aggregate;
}

std::string key_of(const ast::Name& name) {
  return (name.schema.empty() ? "public" : name.schema) + '\0' + name.name;
}

/// What the statement makes where no object says so: passes add statements.
const ast::Name* made_by(const ast::StatementNode& node) {
  if (const auto* table = std::get_if<ast::CreateTable>(&node)) return &table->name;
  if (const auto* view = std::get_if<ast::CreateView>(&node)) return &view->name;
  if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return &as->name;
  if (const auto* sequence = std::get_if<ast::CreateSequence>(&node)) return &sequence->name;
  if (const auto* one = std::get_if<ast::CreateEnum>(&node)) return &one->name;
  if (const auto* composite = std::get_if<ast::CreateCompositeType>(&node)) return &composite->name;
  if (const auto* function = std::get_if<ast::CreateFunction>(&node)) return &function->name;
  return nullptr;
}

/// How the script looks like what pg_dump writes.
struct DumpMarks {
  bool empty_path = false;  ///< set_config('search_path', '', false): every name has its schema
  bool strings = false;
  bool encoding = false;
  bool table = false;

  explicit DumpMarks(const ast::Script& script) {
    for (const ast::Statement& statement : script.statements) {
      if (const auto* set = std::get_if<ast::SetVariable>(&statement.node)) {
        strings = strings || set->name == "standard_conforming_strings";
        encoding = encoding || set->name == "client_encoding";
      } else if (const auto* select = std::get_if<ast::SelectStatement>(&statement.node)) {
        empty_path = empty_path || empties_path(*select);
      } else if (std::holds_alternative<ast::CreateTable>(statement.node)) {
        table = true;
      }
    }
  }
  bool is_dump() const { return table && (empty_path || (strings && encoding)); }

 private:
  static bool empties_path(const ast::SelectStatement& select) {
    if (select.query.targets.size() != 1 || !select.query.targets[0].expr) return false;
    const auto* call = std::get_if<ast::FunctionCall>(&select.query.targets[0].expr->node);
    if (call == nullptr || call->name.name != "set_config" || call->arguments.size() < 2) return false;
    const auto* variable = std::get_if<ast::Literal>(&call->arguments[0].node);
    const auto* value = std::get_if<ast::Literal>(&call->arguments[1].node);
    return variable != nullptr && value != nullptr && variable->text == "search_path" && value->text.empty();
  }
};

class Consequences {
 public:
  explicit Consequences(PassContext& context) : context_(context), script_(context.script), dump_(script_) {}

  void run() {
    name_objects();
    if (dump_.is_dump()) bind_loose_names();
    find_missing();
    if (any_missing_) {
      const size_t count = script_.statements.size();  // what is added here is held back already
      for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < count; ++i) changed |= visit(script_.statements[i]);
      }
      for (size_t i = 0; i < count; ++i) note_rows(script_.statements[i]);
      report_roots();
      for (const Told& one : told_)
        context_.report(rules[object_not_translated], *one.statement,
                        ast::statement_object(one.statement->node), one.message, one.offset);
    }
    if (dump_.is_dump()) add_schemas();
  }

 private:
  using Found = std::vector<ObjectId>;  ///< missing objects, each once
  struct Told {
    const ast::Statement* statement;
    std::string message;
    int64_t offset;
  };

  const ast::Object& object(ObjectId id) const { return script_.objects[id]; }

  // --- which objects there are, and which of them are missing

  void name_objects() {
    for (ObjectId id = 1; id < script_.objects.size(); ++id) enter(id);
    maker_.resize(script_.objects.size(), ast::no_statement);
    for (ObjectId id = 1; id < script_.objects.size(); ++id) maker_[id] = object(id).created;
    for (const ast::Statement& statement : script_.statements) {
      if (statement.fate != ast::Fate::added) read_at_.emplace(statement.span.begin, statement.id);
      if (const auto* extension = std::get_if<ast::CreateExtension>(&statement.node))
        extension_schemas_.insert(extension->schema.empty() ? "public" : extension->schema);
      // A pass may make a statement of its own for what another one made along: a serial column's sequence.
      const ast::Name* made = statement.fate == ast::Fate::added ? made_by(statement.node) : nullptr;
      const ObjectId id = made == nullptr ? ast::no_object : find(*made);
      if (id != ast::no_object && id < maker_.size()) maker_[id] = statement.id;
    }
  }

  void enter(ObjectId id) {
    const ast::Object& one = object(id);
    if (!one.stands() || !is_tracked(one.kind)) return;
    if (bind::is_routine(one.kind) || one.kind == ObjectKind::aggregate) {
      routines_.emplace(key_of(one.name), id);
    } else if (bind::is_relation(one.kind) || is_type(one.kind)) {
      ObjectId& known = relations_[key_of(one.name)];
      if (known == ast::no_object || !object(known).made_here()) known = id;
    } else {
      members_[{one.parent, one.name.name}].push_back(id);
    }
  }

  /// Of a name in a text, or of one that a pass wrote. In trees a name without an object is none of ours: a
  /// common table of a query may be called like a table.
  ObjectId find(const ast::Name& name) const {
    if (name.object != ast::no_object || name.name.empty()) return name.object;
    const auto found = relations_.find(key_of(name));
    return found == relations_.end() ? ast::no_object : found->second;
  }

  ObjectId external(ObjectKind kind, const ast::Name& name) {
    ast::Object made;
    made.kind = kind;
    made.name = {name.schema, name.name};
    script_.objects.push_back(std::move(made));
    maker_.push_back(ast::no_statement);
    const auto id = static_cast<ObjectId>(script_.objects.size() - 1);
    enter(id);
    return id;
  }

  static bool may_be_external(const ast::Name& name) {
    return name.object == ast::no_object && !name.schema.empty() && !bind::is_system_schema(name.schema);
  }

  /// Names that the binder leaves alone where the script does not make what they mean.
  void bind_loose_names() {
    for (ast::Statement& statement : script_.statements) {
      if (!statement.live()) continue;
      if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
        if (grant->all_in_schema) continue;
        for (ast::ObjectRef& one : grant->objects) bind_loose(one);
      } else if (auto* owner = std::get_if<ast::AlterOwner>(&statement.node)) {
        bind_loose(owner->object);
      } else if (auto* comment = std::get_if<ast::Comment>(&statement.node)) {
        bind_loose(comment->object);
      } else if (const auto setval = ast::setval_call(statement.node)) {
        if (may_be_external(setval->sequence) && find(setval->sequence) == ast::no_object)
          external(ObjectKind::sequence, setval->sequence);
      }
    }
    for (ast::DataBlock& block : script_.data) {
      if (!may_be_external(block.table) || block.rows == 0) continue;
      const ObjectId known = find(block.table);
      block.table.object = known == ast::no_object ? external(ObjectKind::table, block.table) : known;
    }
  }

  void bind_loose(ast::ObjectRef& reference) {
    if (!may_be_external(reference.name)) return;
    ast::Name& name = reference.name;
    const bool routine = bind::is_routine(reference.kind) || reference.kind == ObjectKind::routine;
    const auto& known = routine ? routines_ : relations_;
    // Of a routine that is there with another signature nobody knows what was meant.
    const auto found = known.find(key_of(name));
    if (found != known.end()) {
      if (!object(found->second).made_here()) name.object = found->second;
    } else if (routine || is_type(reference.kind) || bind::is_relation(reference.kind)) {
      name.object = external(routine ? ObjectKind::function : reference.kind, name);
      if (routine) loose_.insert(name.object);
    }
  }

  /// The statement that its content stands in now.
  const ast::Statement& stands_in(ast::StatementId id) const {
    const ast::Statement* statement = &script_.statements[id];
    for (size_t i = 0; statement->fate == ast::Fate::merged && i < script_.statements.size(); ++i)
      statement = &script_.statements[statement->merged_into];
    return *statement;
  }

  void find_missing() {
    missing_.resize(script_.objects.size(), false);
    made_.resize(script_.statements.size());
    for (ObjectId id = 1; id < script_.objects.size(); ++id) {
      const ast::Object& one = object(id);
      if (!one.stands() || !is_tracked(one.kind)) continue;
      if (maker_[id] == ast::no_statement) {
        missing_[id] = is_not_in_file(id) || one.kind == ObjectKind::foreign_table;
      } else {
        const ast::Statement& maker = stands_in(maker_[id]);
        // Of a domain the base type stands at each use.
        const bool expanded = one.kind == ObjectKind::domain && maker.fate == ast::Fate::dropped;
        missing_[id] = !maker.live() && !expanded;
        made_[maker.id].push_back(id);
      }
      any_missing_ = any_missing_ || missing_[id];
    }
  }

  bool is_not_in_file(ObjectId id) const {
    const ast::Object& one = object(id);
    return dump_.is_dump() &&
           (bind::is_relation(one.kind) || bind::is_routine(one.kind) || is_type(one.kind)) &&
           !one.name.schema.empty() && !bind::is_system_schema(one.name.schema);
  }

  // --- what a statement names

  /// What a name means, if that is missing. Passes write other types and functions over names: only what is
  /// still spelled as the object is meant.
  bool is_missing(const ast::Name& name, const ast::Statement& statement) const {
    const ObjectId id = name.object;
    if (id == ast::no_object || !missing_[id]) return false;
    const ast::Object& one = object(id);
    if (!one.made_here() || is_type(one.kind)) {
      const bool unwritten = name.schema.empty() && one.made_here() && one.name.schema == "public";
      if (name.name != one.name.name || (name.schema != one.name.schema && !unwritten)) {
        // Before search_path was emptied, dumps wrote names of the path without their schema. Names of the
        // server's own begin with pg_.
        const bool by_path = name.schema.empty() && name.name == one.name.name && !dump_.empty_path &&
                             bind::is_relation(one.kind) && !name.name.starts_with("pg_");
        if (!by_path) return false;
      }
    }
    return !has_other_meaning(id, statement);
  }

  /// A call may mean several overloads, and one of those is there.
  bool has_other_meaning(ObjectId id, const ast::Statement& statement) const {
    const ast::Object& one = object(id);
    if (!bind::is_routine(one.kind) && one.kind != ObjectKind::aggregate) return false;
    return std::any_of(statement.text_objects.begin(), statement.text_objects.end(), [&](ObjectId other) {
      return other != id && object(other).name == one.name && object(other).stands() && !missing_[other] &&
             bind::is_routine(object(other).kind);
    });
  }

  static void add(Found& found, ObjectId id) {
    if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
  }

  void look_at(const ast::Name& name, const ast::Statement& statement, Found& found) const {
    if (is_missing(name, statement)) add(found, name.object);
  }

  void look_at_text(ast::Name name, const ast::Statement& statement, Found& found) const {
    name.object = find(name);
    look_at(name, statement, found);
  }

  template <class Node>
  void look_into(Node& node, const ast::Statement& statement, Found& found) const {
    bind::TreeEdit look;
    look.name = [&](ast::Name& name) { look_at(name, statement, found); };
    look.call = [&](ast::FunctionCall& call) {
      if (call.name.name != "nextval" && call.name.name != "setval" && call.name.name != "currval") return;
      if (call.arguments.empty()) return;
      const ast::Expr* inner = &call.arguments[0];
      while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
      const auto* literal = std::get_if<ast::Literal>(&inner->node);
      const std::optional<ast::Name> name =
          literal == nullptr ? std::nullopt : ast::parse_regclass(literal->text);
      if (name) look_at_text(*name, statement, found);
    };
    bind::edit(node, look);
  }

  void look_at_owner(const ast::SequenceOptions& options, const ast::Statement& statement,
                     Found& found) const {
    const std::vector<std::string>& owner = options.owned_by;
    if (owner.size() < 2) return;
    look_at_text({owner.size() > 2 ? owner[owner.size() - 3] : std::string(), owner[owner.size() - 2]},
                 statement, found);
  }

  void look_at(const ast::ObjectRef& reference, const ast::Statement& statement, Found& found) const {
    for (const ast::TypeName& type : reference.arguments) look_at(type.name, statement, found);
    if (!found.empty()) return;
    look_at(reference.name, statement, found);
    if (!found.empty() || reference.member.empty()) return;
    const auto members = members_.find({reference.name.object, reference.member});
    if (members == members_.end()) return;
    for (const ObjectId id : members->second) {
      if (object(id).kind == reference.kind && missing_[id]) add(found, id);
    }
  }

  Found needed_by(ast::Statement& statement) const {
    Found found;
    ast::StatementNode& node = statement.node;
    look_into(node, statement, found);
    const bool is_text = std::holds_alternative<ast::CreateFunction>(node) ||
                         std::holds_alternative<ast::DoBlock>(node) ||
                         std::holds_alternative<ast::Opaque>(node);
    if (is_text) {
      for (const ObjectId id : statement.text_objects) {
        if (missing_[id] && object(id).stands() && !has_other_meaning(id, statement)) add(found, id);
      }
    }
    if (const auto* sequence = std::get_if<ast::CreateSequence>(&node)) {
      look_at_owner(sequence->options, statement, found);
    } else if (const auto* altered = std::get_if<ast::AlterSequence>(&node)) {
      look_at_owner(altered->options, statement, found);
    } else if (const auto* comment = std::get_if<ast::Comment>(&node)) {
      look_at(comment->object, statement, found);
    } else if (const auto* rename = std::get_if<ast::Rename>(&node)) {
      look_at(rename->object, statement, found);
    }
    // Its own name, where a pass made it and the object is somebody else's.
    std::erase_if(found, [&](ObjectId id) { return maker_[id] == statement.id; });
    return found;
  }

  // --- what becomes of it

  /// True where something new is missing.
  bool visit(ast::Statement& statement) {
    ast::StatementNode& node = statement.node;
    if (!statement.live() || std::holds_alternative<ast::Drop>(node) ||
        std::holds_alternative<ast::CopyFrom>(node))
      return false;
    if (auto* grant = std::get_if<ast::Grant>(&node)) return this->grant(statement, *grant);
    if (auto* table = std::get_if<ast::CreateTable>(&node)) return this->table(statement, *table);
    if (auto* alter = std::get_if<ast::AlterTable>(&node)) return this->alter(statement, *alter);
    const Found found = needed_by(statement);
    return !found.empty() && hold_back(statement, found);
  }

  std::string shown(ObjectId id) const {
    const ast::Object& one = object(id);
    return bind::is_member(one.kind) ? to_string(object(one.parent).name) + "." + one.name.name
                                     : to_string(one.name);
  }

  std::string where(ObjectId id) const {
    return object(id).made_here() || object(id).kind == ObjectKind::foreign_table ? "in the output"
                                                                                  : "in the file";
  }

  std::string described(const ast::Statement& statement, const Found& found) const {
    const std::string about = ast::statement_object(statement.node);
    const bool same = about.empty() || about == shown(found.front());
    return ast::statement_kind(statement.node) + (same ? "" : " " + about);
  }

  /// Says that `what` waits for what is missing; `statement` is counted as one that hangs on it.
  void tell(const ast::Statement& statement, const std::string& what, const Found& found,
            int64_t offset = -1) {
    count(statement, found);
    told_.push_back(
        {&statement,
         "`" + what + "` waits for `" + shown(found.front()) + "`, which is not " + where(found.front()),
         offset});
  }

  std::string reason(const Found& found) const {
    return shown(found.front()) + " is not " + where(found.front());
  }

  /// The objects outside the file that all of this comes from.
  std::set<ObjectId> roots_of(const Found& found) const {
    std::set<ObjectId> roots;
    for (const ObjectId id : found) {
      if (!object(id).made_here()) roots.insert(id);
      const auto inherited = roots_.find(id);
      if (inherited != roots_.end()) roots.insert(inherited->second.begin(), inherited->second.end());
    }
    return roots;
  }

  void count(const ast::Statement& statement, const Found& found) {
    for (const ObjectId root : roots_of(found)) hanging_[root].emplace(statement.span.begin, statement.span);
  }

  /// What a pass added to a statement goes with it in silence; VALIDATE goes with its foreign key.
  bool is_told(const ast::Statement& statement) const {
    if (statement.fate != ast::Fate::added) return false;
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter != nullptr && alter->commands.size() == 1 &&
        std::holds_alternative<ast::ValidateConstraint>(alter->commands[0]))
      return true;
    const auto origin = read_at_.find(statement.span.begin);
    return origin != read_at_.end() && script_.statements[origin->second].fate == ast::Fate::needs_person;
  }

  bool hold_back(ast::Statement& statement, const Found& found) {
    if (is_told(statement)) {
      count(statement, found);
    } else {
      tell(statement, described(statement, found), found);
    }
    context_.needs_person(statement, reason(found));
    const std::set<ObjectId> roots = roots_of(found);
    bool changed = false;
    for (const ObjectId id : made_[statement.id]) {
      if (missing_[id]) continue;
      missing_[id] = true;
      roots_[id] = roots;
      changed = true;
    }
    return changed;
  }

  /// Only the missing object leaves a list of several.
  bool grant(ast::Statement& statement, ast::Grant& grant) {
    if (grant.all_in_schema) return false;
    Found all;
    const size_t before = grant.objects.size();
    std::vector<ast::ObjectRef> left;
    for (const ast::ObjectRef& one : grant.objects) {
      Found found;
      look_at(one, statement, found);
      if (found.empty()) left.push_back(one);
      for (const ObjectId id : found) add(all, id);
    }
    if (all.empty()) return false;
    if (left.empty()) return hold_back(statement, all);
    for (const ObjectId id : all) {
      count(statement, {id});
      told_.push_back({&statement,
                       "`" + ast::statement_kind(statement.node) + "` loses `" + shown(id) +
                           "`, which is not " + where(id),
                       -1});
    }
    if (left.size() < before) context_.rewritten(statement);
    grant.objects = std::move(left);
    return false;
  }

  /// A statement of its own, for a piece of another one that has to wait.
  void set_aside(const ast::Statement& origin, const ast::AlterTable& owner, ast::AlterCommand command,
                 const std::string& why) {
    ast::AlterTable aside;
    aside.kind = owner.kind;
    aside.name = owner.name;
    aside.only = owner.only;
    aside.commands.push_back(std::move(command));
    ast::Statement& added = context_.add(std::move(aside), origin, origin.phase);
    context_.needs_person(added, why);
  }

  /// A table stands without its defaults and CHECKs, it does not without its columns.
  bool table(ast::Statement& statement, ast::CreateTable& table) {
    Found whole;
    for (ast::Column& column : table.columns) {
      look_at(column.type.name, statement, whole);
      if (column.generated && column.generated->expr) look_into(*column.generated->expr, statement, whole);
    }
    for (const ast::LikeClause& like : table.likes) look_at(like.table, statement, whole);
    for (const ast::Name& parent : table.inherits) look_at(parent, statement, whole);
    look_at(table.partition_of, statement, whole);
    look_at(table.of_type.name, statement, whole);
    std::erase_if(whole, [&](ObjectId id) { return maker_[id] == statement.id; });
    if (!whole.empty()) return hold_back(statement, whole);

    ast::AlterTable owner;
    owner.name = table.name;
    const std::string name = to_string(table.name);
    for (ast::Column& column : table.columns) {
      Found found;
      if (column.default_value) look_into(*column.default_value, statement, found);
      if (!found.empty()) {
        tell(statement, "DEFAULT of " + name + "." + column.name, found, column.offset);
        context_.rewritten(statement);
        set_aside(statement, owner, ast::SetDefault{column.name, column.default_value}, reason(found));
        column.default_value.reset();
      }
      constraints(statement, owner, column.constraints, column.name);
    }
    constraints(statement, owner, table.constraints, {});
    return false;
  }

  void constraints(ast::Statement& statement, const ast::AlterTable& owner, std::vector<ast::Constraint>& all,
                   const std::string& column) {
    std::erase_if(all, [&](ast::Constraint& one) {
      Found found;
      look_into(one, statement, found);
      std::erase_if(found, [&](ObjectId id) { return maker_[id] == statement.id; });
      if (found.empty()) return false;
      tell(statement,
           "CONSTRAINT " + (one.name.empty() ? "" : one.name + " ") + "of " + to_string(owner.name), found,
           one.offset);
      context_.rewritten(statement);
      if (one.columns.empty() && one.kind == ast::Constraint::Kind::foreign_key) one.columns = {column};
      if (one.object != ast::no_object) lose(one.object, found);
      set_aside(statement, owner, ast::AddConstraint{one}, reason(found));
      return true;
    });
  }

  void lose(ObjectId id, const Found& found) {
    missing_[id] = true;
    roots_[id] = roots_of(found);
  }

  bool alter(ast::Statement& statement, ast::AlterTable& alter) {
    Found whole;
    look_at(alter.name, statement, whole);
    if (!whole.empty() && does_nothing_without_table(alter)) return false;
    if (whole.empty() && alter.kind == ObjectKind::foreign_table && alter.name.object != ast::no_object)
      whole.push_back(alter.name.object);  // of these none is ever in the output
    if (!whole.empty()) return hold_back(statement, whole);
    std::vector<Found> found(alter.commands.size());
    Found all;
    for (size_t i = 0; i < alter.commands.size(); ++i) {
      look_into(alter.commands[i], statement, found[i]);
      if (const auto* validate = std::get_if<ast::ValidateConstraint>(&alter.commands[i]))
        look_at_constraint(alter.name, validate->name, found[i]);
      for (const ObjectId id : found[i]) add(all, id);
    }
    if (all.empty()) return false;
    bool changed = false;
    for (size_t i = 0; i < alter.commands.size(); ++i) {
      const auto* constraint = std::get_if<ast::AddConstraint>(&alter.commands[i]);
      if (constraint == nullptr || found[i].empty() || constraint->constraint.object == ast::no_object)
        continue;
      changed = changed || !missing_[constraint->constraint.object];
      lose(constraint->constraint.object, found[i]);
    }
    const bool nothing_left =
        std::none_of(found.begin(), found.end(), [](const Found& one) { return one.empty(); });
    if (nothing_left) return hold_back(statement, all) || changed;
    tell(statement, described(statement, all), all);
    context_.rewritten(statement);
    std::vector<ast::AlterCommand> left;
    const ast::AlterTable owner = alter;
    for (size_t i = 0; i < owner.commands.size(); ++i) {
      if (found[i].empty()) {
        left.push_back(owner.commands[i]);
      } else {
        set_aside(statement, owner, owner.commands[i], reason(found[i]));
      }
    }
    alter.commands = std::move(left);
    return changed;
  }

  /// pg_dump --clean --if-exists.
  static bool does_nothing_without_table(const ast::AlterTable& alter) {
    return alter.if_exists &&
           std::all_of(alter.commands.begin(), alter.commands.end(), [](const ast::AlterCommand& command) {
             const auto* set = std::get_if<ast::SetDefault>(&command);
             return std::holds_alternative<ast::DropConstraint>(command) || (set != nullptr && !set->value);
           });
  }

  void look_at_constraint(const ast::Name& table, const std::string& name, Found& found) const {
    const auto members = members_.find({table.object, name});
    if (members == members_.end()) return;
    for (const ObjectId id : members->second) {
      if (object(id).kind == ObjectKind::constraint && missing_[id]) add(found, id);
    }
  }

  // --- what is told at the end

  /// The rows of a table that is not in the file stay in the load plan, for whoever creates the table first.
  void note_rows(const ast::Statement& statement) {
    if (!std::holds_alternative<ast::CopyFrom>(statement.node) || !statement.live()) return;
    for (const ast::DataBlock& block : script_.data) {
      if (block.statement != statement.id || block.rows == 0) continue;
      if (is_missing(block.table, statement) && !object(block.table.object).made_here())
        count(statement, {block.table.object});
    }
  }

  void report_roots() {
    for (const ast::DataBlock& block : script_.data) {
      const ObjectId id = block.statement == ast::no_statement ? block.table.object : ast::no_object;
      if (id != ast::no_object && id < missing_.size() && missing_[id] && !object(id).made_here())
        hanging_[id].emplace(block.header.begin, block.header);
    }
    for (const auto& [id, places] : hanging_) {
      if (!is_not_in_file(id)) continue;
      const bool of_extension =
          bind::is_routine(object(id).kind) && extension_schemas_.contains(object(id).name.schema);
      // Grants on an extension's own functions are in a dump, the functions are not.
      if (of_extension && loose_.contains(id)) continue;
      ast::Statement first;
      first.span = places.begin()->second;
      const std::string name = to_string(object(id).name);
      const std::string hang = places.size() == 1 ? "1 statement hangs on it"
                                                  : std::to_string(places.size()) + " statements hang on it";
      context_.report(
          rules[missing_object], first, name, "`" + name + "` is not in the file; " + hang, -1,
          of_extension ? "Extensions put functions into this schema. Write the call without the schema where "
                         "CockroachDB has the function, or create it on the target first and acknowledge."
                       : "");
    }
  }

  void add_schemas() {
    std::set<std::string> known{"public"};
    for (const ast::Object& one : script_.objects) {
      if (one.kind == ObjectKind::schema && one.made_here()) known.insert(one.name.name);
    }
    const size_t count = script_.statements.size();
    for (size_t i = 0; i < count; ++i) {
      const ast::Statement& statement = script_.statements[i];
      const ast::Name* made = statement.live() ? made_by(statement.node) : nullptr;
      if (made == nullptr || made->schema.empty() || bind::is_system_schema(made->schema) ||
          !known.insert(made->schema).second)
        continue;
      const std::string schema = made->schema;
      context_.report(rules[missing_schema], statement, schema,
                      "schema `" + schema + "` is not created by the dump");
      ast::CreateSchema create;
      create.name = schema;
      create.if_not_exists = true;
      const ast::Statement& added = context_.add(std::move(create), statement, ast::Phase::pre_data);
      ast::Object one;
      one.kind = ObjectKind::schema;
      one.name.name = schema;
      one.created = added.id;
      script_.objects.push_back(std::move(one));
    }
  }

  PassContext& context_;
  ast::Script& script_;
  DumpMarks dump_;
  std::unordered_map<std::string, ObjectId> relations_;                        ///< and types
  std::unordered_map<std::string, ObjectId> routines_;                         ///< one of each name
  std::map<std::pair<ObjectId, std::string>, std::vector<ObjectId>> members_;  ///< by relation and name
  std::set<std::string> extension_schemas_;
  std::set<ObjectId> loose_;  ///< routines that only GRANT, OWNER TO and COMMENT name
  std::unordered_map<uint64_t, ast::StatementId> read_at_;  ///< by place
  std::vector<ast::StatementId> maker_;                     ///< by object
  std::vector<std::vector<ObjectId>> made_;                 ///< by statement
  std::vector<bool> missing_;                               ///< by object
  bool any_missing_ = false;
  std::vector<Told> told_;  ///< consequences, which stand behind what they come from
  std::unordered_map<ObjectId, std::set<ObjectId>> roots_;  ///< of what is missing as a consequence
  std::map<ObjectId, std::map<uint64_t, Span>>
      hanging_;  ///< by object outside the file: statements, by place
};

void run(PassContext& context) {
  Consequences(context).run();
}

}  // namespace

extern const Pass consequences;
const Pass consequences = {
    .name = "consequences",
    .category = "statements",
    .fidelity = Fidelity::loses,
    .summary =
        "holds back what hangs on objects that are not in the output, and names those that a dump does not "
        "hold",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
