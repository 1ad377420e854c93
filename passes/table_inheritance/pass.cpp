// CockroachDB has neither table inheritance nor tables OF a type (0A000). Both are spelled out: the child
// gets what it has of its parents, the table the type's attributes. DDL facts 7.1, #22456.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <set>

#include "ast/describe.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"table-inheritance", Severity::error, "tables",
     "CockroachDB has no table inheritance: the parent no longer shows its children's rows",
     "Read both with UNION ALL, or merge the tables."},
    {"table-of-type", Severity::info, "tables",
     "CockroachDB has no tables OF a type: the type's attributes become columns", "Nothing to do."},
};
enum : size_t { table_inheritance_found, table_of_type };

/// The table whose columns a statement changes; none where it does something else.
ast::ObjectId changed_columns_of(const ast::Statement& statement) {
  if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
    const bool is_of_columns = std::ranges::any_of(alter->commands, [](const ast::AlterCommand& command) {
      return std::holds_alternative<ast::AddColumn>(command) ||
             std::holds_alternative<ast::DropColumn>(command) ||
             std::holds_alternative<ast::SetType>(command);
    });
    return is_of_columns ? alter->name.object : ast::no_object;
  }
  const auto* rename = std::get_if<ast::Rename>(&statement.node);
  return rename != nullptr && rename->object.kind == ast::ObjectKind::column ? rename->object.name.object
                                                                             : ast::no_object;
}

/// Where the script's order is kept: tables whose columns other statements than their own have changed up to
/// here.
using Changed = std::set<ast::ObjectId>;

class Expander {
 public:
  Expander(PassContext& context, ast::Statement& statement, ast::CreateTable& table, const Changed& changed)
      : context_(context),
        statement_(statement),
        table_(table),
        changed_(changed),
        object_(to_string(table.name)) {}

  void run() {
    inherit();
    leave_type();
  }

 private:
  void found(size_t rule, std::string message) {
    context_.report(rules[rule], statement_, object_, std::move(message));
    context_.rewritten(statement_);
  }

  /// The parents' columns are there already (fold-constraints); their CHECKs hold for the child too.
  void inherit() {
    if (table_.inherits.empty()) return;
    found(table_inheritance_found, "`" + object_ + "` inherits from `" + to_string(table_.inherits[0]) + "`");
    for (const ast::Name& parent : table_.inherits) {
      const ast::Statement* statement = context_.catalog.table(parent);
      const auto* create = statement == nullptr ? nullptr : std::get_if<ast::CreateTable>(&statement->node);
      if (create == nullptr || changed_.contains(parent.object)) {
        context_.needs_person(statement_,
                              "the columns of its parent " + to_string(parent) + " are not known");
        return;
      }
      const std::vector<std::string>& key = context_.catalog.primary_key(parent);
      for (const ast::Column& column : create->columns) {  // a child cannot allow what its parent forbids
        ast::Column* own = ast::find_column(table_, column.name);
        const bool forbidden = (column.not_null && !column.not_null_no_inherit) ||
                               std::find(key.begin(), key.end(), column.name) != key.end();
        if (own != nullptr && forbidden) own->not_null = true;
      }
      for (const ast::Constraint& constraint : create->constraints) {
        const bool known = std::any_of(table_.constraints.begin(), table_.constraints.end(),
                                       [&](const auto& c) { return c.name == constraint.name; });
        if (constraint.kind == ast::Constraint::Kind::check && !constraint.no_inherit && !known) {
          table_.constraints.push_back(constraint);
          table_.constraints.back().offset = -1;  // it is written in another statement
        }
      }
    }
    table_.inherits.clear();
  }

  /// The attributes are columns already (resolve-history).
  void leave_type() {
    if (table_.of_type.empty()) return;
    const std::string type = to_string(table_.of_type->name);
    if (context_.catalog.composite_type(table_.of_type->name) == nullptr)
      return context_.needs_person(statement_, "the attributes of its type " + type + " are not known");
    found(table_of_type, "`" + object_ + "` is a table OF `" + type + "`");
    table_.of_type.clear();
  }

  PassContext& context_;
  ast::Statement& statement_;
  ast::CreateTable& table_;
  const Changed& changed_;
  std::string object_;
};

/// Where the script's order is kept: what statements do to parents, which PostgreSQL does to what inherits
/// from them, too. Those are tables of their own by now.
class Parents {
 public:
  explicit Parents(PassContext& context) : context_(context) {}

  void add(const ast::CreateTable& child) {
    for (const ast::Name& parent : child.inherits) {
      if (parent.object != ast::no_object) children_[parent.object].push_back(child.name);
    }
  }

  void take(const ast::Statement& statement) {
    const ast::ObjectId parent = changed_columns_of(statement);
    if (parent == ast::no_object) return;
    changed_.insert(parent);
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter != nullptr && alter->only) return;
    std::string names;
    change_children(parent, names);
    if (names.empty()) return;
    const std::string object = ast::statement_object(statement.node);
    context_.report(rules[table_inheritance_found], statement, object,
                    "what is done to `" + object + "` is not done to what inherits from it: " + names);
  }

  const Changed& changed() const { return changed_; }

 private:
  void change_children(ast::ObjectId parent, std::string& names) {
    const auto found = children_.find(parent);
    if (found == children_.end()) return;
    for (const ast::Name& child : found->second) {
      names += (names.empty() ? "`" : ", `") + to_string(child) + "`";
      changed_.insert(child.object);
      change_children(child.object, names);
    }
  }

  PassContext& context_;
  Changed changed_;
  std::map<ast::ObjectId, std::vector<ast::Name>> children_;  ///< none is its own parent
};

void run(PassContext& context) {
  Parents parents(context);
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      parents.add(*table);
      Expander(context, statement, *table, parents.changed()).run();
    }
    if (context.options.in_order) parents.take(statement);
  }
}

}  // namespace

extern const Pass table_inheritance;
const Pass table_inheritance = {
    .name = "table-inheritance",
    .category = "tables",
    .fidelity = Fidelity::loses,
    .summary = "spells out tables that inherit or are OF a type",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
