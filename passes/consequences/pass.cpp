// What hangs on an object that is not in the output. The object is missing because the statement that makes
// it was held back or left out, because PostgreSQL's parser refuses it, or because nothing makes it.
// Statements that need it are held back, what they make is missing in turn, until nothing changes. All of it
// goes by objects: a word that reads alike elsewhere does not matter.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "ast/describe.h"
#include "bind/absence.h"
#include "bind/namespace.h"
#include "order/missing.h"
#include "order/names.h"
#include "order/schedule.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

using ast::ObjectId;
using ast::ObjectKind;

constexpr FindingKind rules[] = {
    {"missing-object", Severity::error, "names",
     "a dump, or a script that makes all else that it needs, names an object that it does not make",
     "Dump it as well, or write a small file that creates it and compile that in front: `pg2crdb compile "
     "stub.sql "
     "dump.sql`; then what hangs on it goes out."},
    {"object-elsewhere", Severity::warning, "names",
     "a script that is a piece, as a migration is, names an object that it does not make",
     "Nothing to do where the target has it by then; if not, compile the script together with what makes "
     "it."},
    {"object-not-translated", Severity::warning, "statements",
     "the statement concerns an object that is not in the output", "Run it by hand once the object exists."},
    {"missing-schema", Severity::info, "names",
     "a schema that objects of the script live in is not created by it",
     "Nothing to do; give the schema its owner and privileges where they matter."},
    {"refused-function", Severity::error, "functions",
     "an expression calls a function of the dump that needs a person first",
     "Mend that function first, then put this back."},
};
enum : size_t { missing_object, object_elsewhere, object_not_translated, missing_schema, refused_function };

void add(order::MissingObjects::List& found, ObjectId id) {
  if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
}

class Consequences {
 public:
  explicit Consequences(PassContext& context)
      : context_(context), script_(context.script), missing_(script_) {}

  void run() {
    if (missing_.any()) {
      read_places();
      visit_all();
    }
    if (missing_.is_piece()) note_outside();
    note_rows();
    report_roots();
    for (const Told& one : told_)
      context_.report(rules[object_not_translated], *one.statement,
                      ast::statement_object(one.statement->node), one.message, one.offset);
    report_rows();
    add_schemas();
  }

 private:
  using Found = order::MissingObjects::List;
  struct Told {
    const ast::Statement* statement;
    std::string message;
    int64_t offset;
  };

  const ast::Object& object(ObjectId id) const { return script_.objects[id]; }

  void read_places() {
    for (const ast::Statement& statement : script_.statements) {
      if (statement.fate != ast::Fate::added)
        read_at_.emplace_back(script_place(statement.span), statement.id);
      if (const auto* extension = std::get_if<ast::CreateExtension>(&statement.node))
        extension_schemas_.insert(extension->schema.empty() ? "public" : extension->schema);
    }
    std::sort(read_at_.begin(), read_at_.end());
  }

  // --- what becomes of it

  /// Each once, and again where what it asked for is missing as a consequence: from the first to the last, as
  /// often as that takes.
  void visit_all() {
    std::set<ast::StatementId> again;
    const auto visit_one = [&](ast::StatementId id) {
      missing_.ask_for(id);
      visit(script_.statements[id]);
      for (const ast::StatementId misled : missing_.take_misled()) again.insert(misled);
    };
    const size_t count = script_.statements.size();  // what is added here is held back already
    for (size_t i = 0; i < count; ++i) visit_one(static_cast<ast::StatementId>(i));
    for (auto next = again.begin(); next != again.end();) {
      const ast::StatementId id = *next;
      again.erase(next);
      visit_one(id);
      next = again.upper_bound(id);
      if (next == again.end()) next = again.begin();
    }
    missing_.ask_for(ast::no_statement);
  }

  void visit(ast::Statement& statement) {
    ast::StatementNode& node = statement.node;
    if (!statement.live() || std::holds_alternative<ast::Drop>(node) ||
        std::holds_alternative<ast::CopyFrom>(node))
      return;
    if (bind::forgives_absence(node) && does_nothing(statement)) return;
    if (auto* grant = std::get_if<ast::Grant>(&node)) return this->grant(statement, *grant);
    if (auto* table = std::get_if<ast::CreateTable>(&node)) return this->table(statement, *table);
    if (auto* alter = std::get_if<ast::AlterTable>(&node)) return this->alter(statement, *alter);
    const Found found = missing_.needed_by(statement);
    if (!found.empty()) hold_back(statement, found);
  }

  std::string shown(ObjectId id) const {
    const ast::Object& one = object(id);
    return bind::is_member(one.kind) ? to_string(object(one.parent).name) + "." + one.name.name
                                     : to_string(one.name);
  }
  /// The same as the statement knew it, which renames it.
  std::string shown(const ast::Statement& statement, ObjectId id) const {
    const bool renames = std::holds_alternative<ast::Rename>(statement.node) ||
                         std::holds_alternative<ast::SetSchema>(statement.node);
    const ast::Name* about = renames ? subject(statement.node) : nullptr;
    const bool other = about != nullptr && about->object == id && about->name != object(id).name.name;
    return other ? to_string(*about) : shown(id);
  }

  std::string where(ObjectId id) const {
    return missing_.is_outside(id) && object(id).kind != ObjectKind::foreign_table ? "in the file"
                                                                                   : "in the output";
  }

  std::string described(const ast::Statement& statement, const Found& found) const {
    const std::string about = ast::statement_object(statement.node);
    // What makes a routine may wait for another one of the same name.
    const bool same = about.empty() || (about == shown(statement, found.front()) &&
                                        !std::holds_alternative<ast::CreateFunction>(statement.node));
    return ast::statement_kind(statement.node) + (same ? "" : " " + about);
  }

  /// Says that `what` waits for what is missing; `statement` is counted as one that hangs on it.
  void tell(const ast::Statement& statement, const std::string& what, const Found& found,
            int64_t offset = -1) {
    count(statement, found);
    const std::string name = shown(statement, found.front());
    const bool is_namesake = std::holds_alternative<ast::CreateFunction>(statement.node) &&
                             ast::statement_object(statement.node) == name;
    told_.push_back({&statement,
                     "`" + what + "` waits for " + (is_namesake ? "another " : "") + "`" + name +
                         "`, which is not " + where(found.front()),
                     offset});
  }

  std::string reason(const ast::Statement& statement, const Found& found) const {
    return shown(statement, found.front()) + " is not " + where(found.front());
  }

  /// The objects outside the file that all of this comes from.
  std::set<ObjectId> roots_of(const Found& found) const {
    std::set<ObjectId> roots;
    for (const ObjectId id : found) {
      if (missing_.is_outside(id)) roots.insert(id);
      const auto inherited = roots_.find(id);
      if (inherited != roots_.end()) roots.insert(inherited->second.begin(), inherited->second.end());
    }
    return roots;
  }

  void count(const ast::Statement& statement, const Found& found) {
    for (const ObjectId root : roots_of(found))
      hanging_[root].emplace(script_place(statement.span), statement.span);
    for (const ObjectId id : found) {
      if (missing_.is_outside(id)) named_[id].emplace(script_place(statement.span), statement.span);
    }
  }

  /// What a pass added to a statement goes with it in silence; VALIDATE goes with its foreign key.
  bool is_told(const ast::Statement& statement) const {
    if (statement.fate != ast::Fate::added) return false;
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter != nullptr && alter->commands.size() == 1 &&
        std::holds_alternative<ast::ValidateConstraint>(alter->commands[0]))
      return true;
    const ScriptPlace place = script_place(statement.span);
    const auto origin =
        std::lower_bound(read_at_.begin(), read_at_.end(), std::pair(place, ast::StatementId{0}));
    return origin != read_at_.end() && origin->first == place &&
           script_.statements[origin->second].fate == ast::Fate::needs_person;
  }

  void hold_back(ast::Statement& statement, const Found& found) {
    if (is_told(statement)) {
      count(statement, found);
    } else {
      tell(statement, described(statement, found), found);
    }
    context_.needs_person(statement, reason(statement, found));
    const std::set<ObjectId> roots = roots_of(found);
    for (const ObjectId id : missing_.made_by(statement.id)) {
      if (missing_.lose(id)) roots_[id] = roots;
    }
  }

  /// Only the missing object leaves a list of several.
  void grant(ast::Statement& statement, ast::Grant& grant) {
    if (grant.all_in_schema) return;
    Found all;
    const size_t before = grant.objects.size();
    std::vector<ast::ObjectRef> left;
    for (const ast::ObjectRef& one : grant.objects) {
      Found found;
      missing_.look_at(one, statement, found);
      if (found.empty()) left.push_back(one);
      for (const ObjectId id : found) add(all, id);
    }
    if (all.empty()) return;
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

  /// The table matters more than how the column is filled, as in adapt-expressions.
  void generated(ast::Statement& statement, const std::string& table, ast::Column& column, Found& whole) {
    if (!column.generated || !column.generated->expr) return;
    Found found;
    missing_.look_into(*column.generated->expr, statement, found);
    if (!std::all_of(found.begin(), found.end(),
                     [&](ObjectId id) { return bind::is_routine(object(id).kind); })) {
      for (const ObjectId id : found) add(whole, id);
    } else if (!found.empty()) {
      count(statement, found);
      const std::string name = table + "." + column.name;
      context_.report(rules[refused_function], statement, name,
                      "generated column `" + name + "` calls `" + shown(found.front()) +
                          "`, which needs a person; it becomes an ordinary column that nothing fills",
                      column.offset);
      context_.rewritten(statement);
      column.generated.reset();
      column.not_null = false;
    }
  }

  /// A table stands without its defaults and CHECKs, it does not without its columns.
  void table(ast::Statement& statement, ast::CreateTable& table) {
    Found whole;
    for (ast::Column& column : table.columns) {
      missing_.look_at(column.type.name, statement, whole);
      generated(statement, to_string(table.name), column, whole);
    }
    for (const ast::LikeClause& like : table.likes) missing_.look_at(like.table, statement, whole);
    for (const ast::Name& parent : table.inherits) missing_.look_at(parent, statement, whole);
    missing_.look_at(table.partition_of, statement, whole);
    missing_.look_at(table.of_type->name, statement, whole);
    if (!whole.empty()) return hold_back(statement, whole);

    ast::AlterTable owner;
    owner.name = table.name;
    const std::string name = to_string(table.name);
    for (ast::Column& column : table.columns) {
      Found found;
      if (column.default_value) missing_.look_into(*column.default_value, statement, found);
      if (!found.empty()) {
        tell(statement, "DEFAULT of " + name + "." + column.name, found, column.offset);
        context_.rewritten(statement);
        set_aside(statement, owner, ast::SetDefault{column.name, column.default_value},
                  reason(statement, found));
        column.default_value.reset();
      }
      constraints(statement, owner, column.constraints, column.name);
    }
    constraints(statement, owner, table.constraints, {});
  }

  void constraints(ast::Statement& statement, const ast::AlterTable& owner, std::vector<ast::Constraint>& all,
                   const std::string& column) {
    std::erase_if(all, [&](ast::Constraint& one) {
      Found found;
      missing_.look_into(one, statement, found);
      if (found.empty()) return false;
      tell(statement,
           "CONSTRAINT " + (one.name.empty() ? "" : one.name + " ") + "of " + to_string(owner.name), found,
           one.offset);
      context_.rewritten(statement);
      if (one.columns.empty() && one.kind == ast::Constraint::Kind::foreign_key) one.columns = {column};
      if (one.object != ast::no_object) lose(one.object, found);
      set_aside(statement, owner, ast::AddConstraint{one}, reason(statement, found));
      return true;
    });
  }

  void lose(ObjectId id, const Found& found) {
    roots_[id] = roots_of(found);
    missing_.lose(id);
  }

  void alter(ast::Statement& statement, ast::AlterTable& alter) {
    Found whole;
    missing_.look_at(alter.name, statement, whole);
    if (whole.empty() && alter.kind == ObjectKind::foreign_table && alter.name.object != ast::no_object)
      whole.push_back(alter.name.object);  // of these none is ever in the output
    if (!whole.empty()) return hold_back(statement, whole);
    std::vector<Found> found(alter.commands.size());
    Found all;
    for (size_t i = 0; i < alter.commands.size(); ++i) {
      missing_.look_into(alter.commands[i], statement, found[i]);
      for (const ObjectId id : found[i]) add(all, id);
    }
    if (all.empty()) return;
    for (size_t i = 0; i < alter.commands.size(); ++i) {
      const auto* constraint = std::get_if<ast::AddConstraint>(&alter.commands[i]);
      if (constraint == nullptr || found[i].empty() || constraint->constraint.object == ast::no_object)
        continue;
      lose(constraint->constraint.object, found[i]);
    }
    const bool nothing_left =
        std::none_of(found.begin(), found.end(), [](const Found& one) { return one.empty(); });
    if (nothing_left) return hold_back(statement, all);
    tell(statement, described(statement, all), all);
    context_.rewritten(statement);
    std::vector<ast::AlterCommand> left;
    const ast::AlterTable owner = alter;
    for (size_t i = 0; i < owner.commands.size(); ++i) {
      if (found[i].empty()) {
        left.push_back(owner.commands[i]);
      } else {
        set_aside(statement, owner, owner.commands[i], reason(statement, found[i]));
      }
    }
    alter.commands = std::move(left);
  }

  /// pg_dump --clean --if-exists: it may take something off the target.
  static bool only_drops(const ast::AlterTable& alter) {
    return std::all_of(alter.commands.begin(), alter.commands.end(), [](const ast::AlterCommand& command) {
      const auto* set = std::get_if<ast::SetDefault>(&command);
      return std::holds_alternative<ast::DropConstraint>(command) || (set != nullptr && !set->value);
    });
  }

  /// Of a statement with IF EXISTS: true where nothing makes what it is about.
  bool does_nothing(ast::Statement& statement) {
    Found found;
    if (std::holds_alternative<ast::Opaque>(statement.node)) {
      found = missing_.needed_by(statement);
    } else if (const ast::Name* about = subject(statement.node)) {
      missing_.look_at(*about, statement, found);
    }
    if (found.empty() || !missing_.is_outside(found.front())) return false;
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr || !only_drops(*alter))
      context_.drop(statement, "it says IF EXISTS, and nothing makes " + shown(found.front()));
    return true;
  }

  static const ast::Name* subject(const ast::StatementNode& node) {
    if (const auto* alter = std::get_if<ast::AlterTable>(&node)) return &alter->name;
    if (const auto* sequence = std::get_if<ast::AlterSequence>(&node)) return &sequence->name;
    if (const auto* rename = std::get_if<ast::Rename>(&node)) return &rename->object.name;
    if (const auto* move = std::get_if<ast::SetSchema>(&node)) return &move->object.name;
    return nullptr;
  }

  // --- what is told at the end

  /// What a piece names and does not make stays as it is: it is taken to stand on the target.
  void note_outside() {
    missing_.look_for_outside();
    for (ast::Statement& statement : script_.statements) {
      if (!statement.live() || bind::forgives_absence(statement.node)) continue;
      const Found found = missing_.needed_by(statement);
      if (!found.empty()) count(statement, found);
    }
  }

  /// The rows of a table that is not there stay in the load plan, for whoever creates the table first.
  void note_rows() {
    for (const ast::DataBlock& block : script_.data) {
      if (block.rows == 0 || !block.left_out.empty()) continue;
      ast::Statement inserts;
      inserts.span = block.header;
      const bool copied = block.statement != ast::no_statement;
      const ast::Statement& statement = copied ? script_.statements[block.statement] : inserts;
      if (copied && !statement.live()) continue;
      Found found;
      missing_.look_at(block.table, statement, found);
      for (const std::string& column : block.columns)
        missing_.look_at_member(block.table, ObjectKind::column, column, found);
      if (found.empty()) continue;
      const ObjectId table = found.front();
      if (missing_.is_outside(table)) {
        count(statement, found);
      } else if (!rows_.contains(table)) {
        waiting_.emplace_back(table, block.header);
      }
      rows_[table] += block.rows;
    }
  }

  static std::string counted(uint64_t count, const std::string& one, const std::string& several) {
    return count == 1 ? "1 " + one : std::to_string(count) + " " + several;
  }

  void report_roots() {
    for (const auto& [id, places] : hanging_) {
      if (!missing_.is_outside(id)) continue;
      const bool of_extension =
          bind::is_routine(object(id).kind) && extension_schemas_.contains(object(id).name.schema);
      // Grants on an extension's own functions are in a dump, the functions are not.
      if (of_extension && missing_.is_only_granted(id)) continue;
      ast::Statement first;
      // What hangs on it by others may stand before what names it.
      const auto named = named_.find(id);
      first.span = (named == named_.end() ? places : named->second).begin()->second;
      const std::string name = to_string(object(id).name);
      const auto rows = rows_.find(id);
      const std::string hang = missing_.is_piece()
                                   ? counted(places.size(), "statement names it", "statements name it")
                                   : counted(places.size(), "statement hangs on it", "statements hang on it");
      context_.report(
          rules[missing_.is_piece() ? object_elsewhere : missing_object], first, name,
          "`" + name + "` is not in the file; " + hang +
              (rows == rows_.end() ? "" : ", with " + counted(rows->second, "row", "rows")),
          -1,
          of_extension ? "Extensions put functions into this schema. Write the call without the schema where "
                         "CockroachDB has the function, or create it on the target first and acknowledge."
                       : "");
    }
  }

  void report_rows() {
    for (const auto& [table, span] : waiting_) {
      ast::Statement first;
      first.span = span;
      context_.report(rules[object_not_translated], first, shown(table),
                      counted(rows_[table], "row waits", "rows wait") + " for `" + shown(table) +
                          "`, which is not in the output",
                      -1, "Create it first, then load: the rows are in the load plan.");
    }
  }

  void add_schemas() {
    std::set<std::string> known{"public"};
    for (const ast::Object& one : script_.objects) {
      if (one.kind == ObjectKind::schema && one.made_here()) known.insert(one.name.name);
    }
    const size_t count = script_.statements.size();
    for (size_t i = 0; i < count; ++i) {  // where the order is kept, a schema may be renamed later
      const auto* create = std::get_if<ast::CreateSchema>(&script_.statements[i].node);
      if (create != nullptr) known.insert(create->name);
    }
    for (size_t i = 0; i < count; ++i) {
      const ast::Statement& statement = script_.statements[i];
      const ast::Name* made = statement.live() ? order::name_made_by(statement.node) : nullptr;
      if (made == nullptr || made->schema.empty() || bind::is_system_schema(made->schema) ||
          !known.insert(made->schema).second)
        continue;
      const std::string schema = made->schema;
      context_.report(rules[missing_schema], statement, schema,
                      "schema `" + schema + "` is not created by the script");
      ast::CreateSchema create;
      create.name = schema;
      create.if_not_exists = true;
      const ast::Statement& added =
          context_.add(std::move(create), statement, ast::Phase::pre_data, Beside::before);
      ast::Object one;
      one.kind = ObjectKind::schema;
      one.name.name = schema;
      one.created = added.id;
      script_.objects.push_back(std::move(one));
    }
  }

  PassContext& context_;
  ast::Script& script_;
  order::MissingObjects missing_;
  std::set<std::string> extension_schemas_;
  std::vector<std::pair<ScriptPlace, ast::StatementId>> read_at_;  ///< by place
  std::vector<Told> told_;  ///< consequences, which stand behind what they come from
  std::unordered_map<ObjectId, std::set<ObjectId>> roots_;  ///< of what is missing as a consequence
  std::unordered_map<ObjectId, uint64_t> rows_;  ///< how many are loaded into what is not in the output
  std::vector<std::pair<ObjectId, Span>>
      waiting_;  ///< of these what the script makes: where its first rows stand
  std::map<ObjectId, std::map<ScriptPlace, Span>>
      hanging_;  ///< by object outside the file: statements, by place
  std::map<ObjectId, std::map<ScriptPlace, Span>> named_;  ///< the same, of those that name it themselves
};

void run(PassContext& context) {
  order::hold_back_self_readers(context);
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
