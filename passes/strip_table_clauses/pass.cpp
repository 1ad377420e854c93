// Clauses of CREATE TABLE and of constraints that CockroachDB's grammar does not have. Those about
// PostgreSQL's storage go and are worth an info; those that promised something (an EXCLUDE constraint, NULLS
// NOT DISTINCT, a deferred check) are taken out because the table could not be created otherwise, and
// reported for a person to decide.
#include "passes/pass.h"

#include <algorithm>

namespace pg2crdb {
namespace {

constexpr Rule rules[] = {
    {"storage-parameter", Severity::info, "storage",
     "a storage setting of PostgreSQL that means nothing in CockroachDB", "Nothing to do."},
    {"unlogged-table", Severity::info, "storage",
     "CockroachDB has no unlogged tables: it becomes an ordinary, durable one",
     "Nothing to do; expect durable writes."},
    {"temporary-table", Severity::error, "storage",
     "temporary tables do not belong into a schema and are a preview in CockroachDB",
     "Take the table out of the dump."},
    {"collation-dropped", Severity::info, "types",
     "CockroachDB's strings compare by bytes, which is what this collation does or stands for",
     "Nothing to do."},
    {"collation-changed", Severity::warning, "types",
     "the column's collation is not carried over: text compares by bytes",
     "Check ORDER BY and unique keys on this column; a COLLATE in the query gives the old order."},
    {"deferrable-constraint", Severity::warning, "constraints",
     "CockroachDB checks constraints at the end of each statement, never at commit",
     "Make sure that no transaction relies on a deferred check."},
    {"key-clause", Severity::info, "constraints", "a clause of a key that CockroachDB does not have or need",
     "Nothing to do."},
    {"constraint-using-index", Severity::error, "constraints",
     "CockroachDB makes the index of a key itself; it cannot take over one that exists",
     "Write the columns of the index in the constraint, and leave the index out."},
    {"exclude-constraint", Severity::error, "constraints", "CockroachDB has no EXCLUDE constraints",
     "Enforce the rule with a unique index over computed values, or in the application."},
    {"nulls-not-distinct", Severity::error, "constraints",
     "in CockroachDB NULLs are always distinct in unique keys",
     "Add a partial unique index `WHERE column IS NULL`, or make the column NOT NULL."},
    {"constraint-not-enforced", Severity::error, "constraints",
     "CockroachDB enforces every constraint; NOT ENFORCED cannot be said",
     "Leave the constraint out, or make it an enforced one."},
    {"temporal-constraint", Severity::error, "constraints",
     "CockroachDB has no WITHOUT OVERLAPS and no PERIOD", "Enforce the rule in the application."},
    {"check-no-inherit", Severity::info, "constraints", "NO INHERIT means nothing without inheritance",
     "Nothing to do."},
    {"table-inheritance", Severity::error, "tables",
     "CockroachDB has no table inheritance: the parent no longer shows its children's rows",
     "Read both with UNION ALL, or merge the tables."},
    {"reserved-word", Severity::info, "names",
     "the name is a plain word in PostgreSQL and a keyword in CockroachDB",
     "Quote it in the application's queries."},
    {"table-of-type", Severity::info, "tables",
     "CockroachDB has no tables OF a type: the type's attributes become columns", "Nothing to do."},
};
enum : size_t {
  storage_parameter,
  unlogged_table,
  temporary_table,
  collation_dropped,
  collation_changed,
  deferrable_constraint,
  key_clause,
  constraint_using_index,
  exclude_constraint,
  nulls_not_distinct,
  constraint_not_enforced,
  temporal_constraint,
  check_no_inherit,
  table_inheritance,
  reserved_word,
  table_of_type,
};

class Stripper {
 public:
  Stripper(PassContext& context, ast::Statement& statement, std::string object)
      : context_(context), statement_(statement), object_(std::move(object)) {}

  void table(ast::CreateTable& table) {
    if (!table.options.empty() || table.with_oids || !table.tablespace.empty() ||
        !table.access_method.empty()) {
      found(storage_parameter, "storage parameters of `" + object_ + "` are left out");
      table.options.clear();
      table.with_oids = false;
      table.tablespace.clear();
      table.access_method.clear();
    }
    if (table.persistence == ast::Persistence::unlogged) {
      found(unlogged_table, "`" + object_ + "` is UNLOGGED");
      table.persistence = ast::Persistence::permanent;
    } else if (table.persistence == ast::Persistence::temporary) {
      found(temporary_table, "`" + object_ + "` is a temporary table");
    }
    inherit(table);
    expand_type(table);
    for (ast::Column& column : table.columns) {
      this->column(column);
      this->word(column);
    }
    constraints(table.constraints);
  }

  void column(ast::Column& column) {
    if (!column.storage.empty() || !column.compression.empty()) {
      found(storage_parameter,
            "STORAGE and COMPRESSION of `" + object_ + "." + column.name + "` are left out", column.offset);
      column.storage.clear();
      column.compression.clear();
    }
    if (!column.not_null_name.empty()) {
      column.not_null_name.clear();
      context_.rewritten(statement_);
    }
    collation(column.name, column.collation, column.offset);
    constraints(column.constraints);
  }

  void collation(const std::string& column, ast::Name& collation, int32_t offset) {
    if (collation.empty()) return;
    const std::string& name = collation.name;
    const bool bytes = name == "C" || name == "POSIX" || name == "default" || name == "ucs_basic";
    found(bytes ? collation_dropped : collation_changed,
          "COLLATE \"" + name + "\" of `" + object_ + "." + column + "` is left out", offset);
    collation = {};
  }

  /// `family` is refused bare everywhere, `index` before a type with parentheses (emit forms 2). The emitter
  /// quotes both.
  void word(const ast::Column& column) {
    if (column.name != "family" && (column.name != "index" || column.type.modifiers.empty())) return;
    found(reserved_word, "column `" + column.name + "` of `" + object_ + "` is quoted", column.offset);
  }

  /// False where the constraint cannot be kept.
  bool constraint(ast::Constraint& constraint) {
    const std::string which = "constraint `" + constraint.name + "` of `" + object_ + "`";
    if (constraint.kind == ast::Constraint::Kind::exclude) {
      found(exclude_constraint, "EXCLUDE " + which + " is left out", constraint.offset);
      return false;
    }
    if (!constraint.using_index.empty() && !context_.target.has(Capability::constraint_using_index)) {
      found(constraint_using_index,
            which + " takes over index `" + constraint.using_index + "`; it is left out", constraint.offset);
      return false;
    }
    if (constraint.deferrable) {
      found(deferrable_constraint, which + " is DEFERRABLE; it becomes an immediate one", constraint.offset);
      constraint.deferrable = constraint.initially_deferred = false;
    }
    if (constraint.nulls_not_distinct) {
      found(nulls_not_distinct, which + " is NULLS NOT DISTINCT", constraint.offset);
      constraint.nulls_not_distinct = false;
    }
    if (constraint.not_enforced) {
      found(constraint_not_enforced, which + " is NOT ENFORCED", constraint.offset);
      return false;
    }
    if (constraint.without_overlaps) {
      found(temporal_constraint, which + " is WITHOUT OVERLAPS", constraint.offset);
      return false;
    }
    if (constraint.no_inherit) {
      found(check_no_inherit, which + " is NO INHERIT", constraint.offset);
      constraint.no_inherit = false;
    }
    const bool primary = constraint.kind == ast::Constraint::Kind::primary_key;
    if (!constraint.options.empty() || !constraint.tablespace.empty() ||
        (primary && !constraint.including.empty())) {
      found(key_clause, "storage clauses of " + which + " are left out", constraint.offset);
      constraint.options.clear();
      constraint.tablespace.clear();
      if (primary) constraint.including.clear();
    }
    return true;
  }

 private:
  void found(size_t rule, std::string message, int64_t offset = -1) {
    context_.report(rules[rule], statement_, object_, std::move(message), offset);
    context_.rewritten(statement_);
  }

  void constraints(std::vector<ast::Constraint>& all) {
    std::erase_if(all, [this](ast::Constraint& c) { return !constraint(c); });
  }

  /// The parents' columns are there already (fold-constraints); their CHECKs hold for the child too.
  void inherit(ast::CreateTable& table) {
    if (table.inherits.empty()) return;
    found(table_inheritance, "`" + object_ + "` inherits from `" + to_string(table.inherits[0]) + "`");
    for (const ast::Name& parent : table.inherits) {
      const ast::Statement* statement = context_.catalog.table(parent);
      const auto* create = statement == nullptr ? nullptr : std::get_if<ast::CreateTable>(&statement->node);
      if (create == nullptr) continue;
      for (const ast::Constraint& constraint : create->constraints) {
        const bool known = std::any_of(table.constraints.begin(), table.constraints.end(),
                                       [&](const auto& c) { return c.name == constraint.name; });
        if (constraint.kind == ast::Constraint::Kind::check && !constraint.no_inherit && !known) {
          table.constraints.push_back(constraint);
        }
      }
    }
    table.inherits.clear();
  }

  void expand_type(ast::CreateTable& table) {
    if (table.of_type.empty()) return;
    const ast::Statement* statement = context_.catalog.composite_type(table.of_type.name);
    if (statement == nullptr) return;
    found(table_of_type, "`" + object_ + "` is a table OF `" + to_string(table.of_type.name) + "`");
    std::vector<ast::Column> columns = std::get<ast::CreateCompositeType>(statement->node).attributes;
    for (ast::Column& column : columns) {
      const auto own = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const auto& c) { return c.name == column.name; });
      if (own == table.columns.end()) continue;
      ast::TypeName type = column.type;
      column = *own;
      column.type = std::move(type);
    }
    table.columns = std::move(columns);
    table.of_type = {};
  }

  PassContext& context_;
  ast::Statement& statement_;
  std::string object_;
};

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      Stripper(context, statement, to_string(table->name)).table(*table);
    } else if (auto* composite = std::get_if<ast::CreateCompositeType>(&statement.node)) {
      Stripper stripper(context, statement, to_string(composite->name));
      for (ast::Column& attribute : composite->attributes) {
        stripper.column(attribute);
        stripper.word(attribute);
      }
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      Stripper stripper(context, statement, to_string(alter->name));
      const size_t before = alter->commands.size();
      std::erase_if(alter->commands, [&](ast::AlterCommand& command) {
        if (auto* add = std::get_if<ast::AddConstraint>(&command))
          return !stripper.constraint(add->constraint);
        if (auto* column = std::get_if<ast::AddColumn>(&command)) stripper.column(column->column);
        if (auto* type = std::get_if<ast::SetType>(&command))
          stripper.collation(type->column, type->collation, -1);
        return false;
      });
      if (alter->commands.empty() && before > 0) context.drop(statement, "its constraint cannot be kept");
    }
  }
}

}  // namespace

extern const Pass strip_table_clauses;
const Pass strip_table_clauses = {
    .name = "strip-table-clauses",
    .category = "tables",
    .fidelity = Fidelity::loses,
    .summary = "takes clauses out of tables and constraints that CockroachDB does not have",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
