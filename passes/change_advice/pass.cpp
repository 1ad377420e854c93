// What is well in PostgreSQL and costs much in CockroachDB. Most of it is said where a person still writes
// the script: in migrations, whose order is kept. Of a dump only what an index costs from the first row on.
#include "rewrite/pass.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "ast/describe.h"
#include "ast/foreign_key.h"
#include "ast/sequence_call.h"
#include "ast/serial.h"
#include "ast/walk.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"add-column-sequence", Severity::warning, "columns",
     "CockroachDB refuses to add a column that a sequence fills where the table has rows",
     "Add the column without a default, set the default in a later migration, and fill old rows in batches; "
     "or use gen_random_uuid()."},
    {"foreign-key-index", Severity::info, "indexes",
     "no index begins with the columns of a foreign key: each DELETE and UPDATE of a row that it refers to "
     "reads the whole table (said of migrations, whose order is kept)",
     "Create an index on the columns."},
    {"hot-spot-index", Severity::info, "indexes",
     "an index that begins with a time or with what counts up, or in a migration has no more than booleans "
     "and "
     "enums before that, takes all new rows in one range or a few, on as many nodes",
     "Put another column first, or make the index on the cluster, with USING HASH behind its columns."},
    {"rows-changed-at-once", Severity::info, "statements",
     "an UPDATE or DELETE of whatever rows a table has is one transaction: in CockroachDB a large one is "
     "slow, "
     "has to be run again where another changes its rows, and fails where it takes too long (said of "
     "migrations, whose order is kept)",
     "Change the rows of a large table in batches by its key, each in a transaction of its own."},
    {"missing-primary-key", Severity::info, "keys",
     "a table of a dump has no primary key: CockroachDB adds a hidden column `rowid` as one, which no other "
     "system "
     "knows (said of pg_dump's scripts)",
     "Give it a primary key, best before the rows are there."},
};
enum : size_t {
  add_column_sequence,
  foreign_key_index,
  hot_spot_index,
  rows_changed_at_once,
  missing_primary_key
};

bool is_time(const ast::TypeName& type) {
  constexpr std::array<std::string_view, 3> times = {"date", "timestamp", "timestamptz"};
  return type.array_bounds.empty() && std::ranges::find(times, type.name.name) != times.end();
}

bool is_boolean(const ast::TypeName& type) {
  return type.array_bounds.empty() && (type.name.name == "bool" || type.name.name == "boolean");
}

/// Whether a condition may hold of a few rows alone: it compares something by `=` or IN.
bool picks_rows(const ast::Box<ast::Expr>& where) {
  if (!where) return false;
  bool found = false;
  ast::Visitor visitor;
  visitor.expr = [&](ast::Expr& expr) {
    const auto* operation = std::get_if<ast::Operation>(&expr.node);
    found = found || std::holds_alternative<ast::Subquery>(expr.node) ||
            (operation != nullptr && !operation->op.empty() && operation->op.back() == "=");
  };
  ast::Expr condition = *where;
  ast::walk(condition, visitor);
  return found;
}

/// A time that each row gets when it is written: one that may be left NULL, as `deleted_at`, is mostly set
/// later, in any order.
bool is_time_of_writing(const ast::CreateTable& table, const ast::Column& column) {
  const auto is_key = [](const ast::Constraint& one) {
    return one.kind == ast::Constraint::Kind::not_null || one.kind == ast::Constraint::Kind::primary_key;
  };
  const bool in_key = std::ranges::any_of(table.constraints, [&](const ast::Constraint& one) {
    return is_key(one) && std::ranges::find(one.columns, column.name) != one.columns.end();
  });
  return is_time(column.type) && (column.default_value || in_key || column.not_null ||
                                  std::ranges::any_of(column.constraints, is_key));
}

bool is_filled(const ast::Column& column) {
  return column.identity || !ast::integer_of_serial(column.type).empty() ||
         (column.default_value && ast::nextval_sequence(*column.default_value));
}

class Adviser {
 public:
  explicit Adviser(PassContext& context) : context_(context) {
    for (const ast::Statement& statement : context.script.statements) {
      // What is left for a person, as COPY is, is run in its place, too.
      if (statement.live() || statement.fate == ast::Fate::needs_person) note_rows(statement);
      if (!statement.live()) continue;
      if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
        if (const auto wanted = not_null_columns(*index)) note(index->table, columns_of(*index), *wanted);
      } else if (const auto* create = std::get_if<ast::CreateTable>(&statement.node)) {
        for (const ast::Column& column : create->columns)
          note_keys(create->name, column.constraints, {column.name});
        note_keys(create->name, create->constraints, {});
      } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
        for (const ast::AlterCommand& command : alter->commands) {
          if (const auto* add = std::get_if<ast::AddConstraint>(&command))
            note_keys(alter->name, {&add->constraint, 1}, {});
        }
      }
    }
  }

  void look_at(ast::Statement& statement) {
    if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
      look_at(statement, *index);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      look_at(statement, *alter);
    } else if (const auto* update = std::get_if<ast::Update>(&statement.node)) {
      const bool picks = picks_rows(update->where) || !update->from.empty() || !update->current_of->empty();
      if (!picks) tell_rows_changed(statement, update->table.name, "an UPDATE changes");
    } else if (const auto* remove = std::get_if<ast::Delete>(&statement.node)) {
      const bool picks = picks_rows(remove->where) || !remove->using_.empty() || !remove->current_of->empty();
      if (!picks) tell_rows_changed(statement, remove->table.name, "a DELETE removes");
    }
  }

  void look_at(const ast::Statement& statement, const ast::CreateIndex& index) {
    const bool is_tree = index.method.empty() || index.method == "btree";
    ast::CreateTable* create = table(index.table);
    if (create == nullptr || index.hash_sharded || !is_tree) return;
    size_t places = 1;
    std::string before;
    for (const ast::Column* column : sorted_by(index, *create)) {
      if (is_time_of_writing(*create, *column) || is_filled(*column)) {
        context_.report(
            rules[hot_spot_index], statement, to_string(index.table),
            "the index " + (index.name.empty() ? std::string() : "`" + index.name + "` ") +
                (before.empty() ? "begins with" : "has") + " `" + column->name + "`, " +
                (is_time(column->type) ? "a time" : "which counts up") +
                (before.empty() ? "" : ", behind " + before + ": " + std::to_string(places) + " values"));
        return;
      }
      const size_t values = few_values(column->type);
      if (values == 0 || !context_.options.in_order) return;
      places *= values;
      before += (before.empty() ? "`" : " and `") + column->name + "`";
    }
  }

  void look_at(const ast::Statement& statement, const ast::AlterTable& alter) {
    for (const ast::AlterCommand& command : alter.commands) {
      if (const auto* add = std::get_if<ast::AddColumn>(&command))
        look_at(statement, alter.name, add->column, has_rows_before(alter.name.object, statement));
    }
  }

  void look_at(const ast::Catalog::ForeignKey& key) {
    const ast::ObjectId id = key.constraint->object;
    if (id != ast::no_object && !context_.script.objects[id].stands()) return;
    const std::vector<std::string> columns = ast::columns_of(key);
    if (columns.empty() || table(key.table) == nullptr || is_indexed(key.table, columns)) return;
    std::string list;
    for (const std::string& column : columns) list += (list.empty() ? "`" : ", `") + column + "`";
    context_.report(rules[foreign_key_index], *key.statement, to_string(key.table),
                    "no index of `" + to_string(key.table) + "` begins with " + list + ", which refers to `" +
                        to_string(key.constraint->referenced) + "`",
                    key.constraint->offset);
  }

 private:
  /// The columns that a row of the index has to have, as `WHERE a IS NOT NULL` says; nothing where it says
  /// something else. No row refers to another one with a column that is NULL.
  static std::optional<std::set<std::string>> not_null_columns(const ast::CreateIndex& index) {
    std::set<std::string> columns;
    if (!index.where) return columns;
    const auto* test = std::get_if<ast::NullTest>(&index.where->node);
    const auto* column = test == nullptr ? nullptr : std::get_if<ast::ColumnRef>(&test->argument->node);
    if (column == nullptr || !test->negated || column->names.empty()) return std::nullopt;
    columns.insert(column->names.back());
    return columns;
  }

  static std::vector<std::string> columns_of(const ast::CreateIndex& index) {
    std::vector<std::string> columns;
    for (const ast::IndexElement& element : index.elements) columns.push_back(element.column);
    return columns;
  }

  void note(const ast::Name& its_table, std::vector<std::string> columns,
            std::set<std::string> not_null = {}) {
    indexes_[to_string(its_table)].push_back({std::move(columns), std::move(not_null)});
  }

  void note_keys(const ast::Name& its_table, std::span<const ast::Constraint> constraints,
                 const std::vector<std::string>& column) {
    for (const ast::Constraint& one : constraints) {
      if (one.kind == ast::Constraint::Kind::primary_key || one.kind == ast::Constraint::Kind::unique)
        note(its_table, one.columns.empty() ? column : one.columns);
    }
  }

  /// In any order: an index serves where its first columns are these.
  bool is_indexed(const ast::Name& its_table, const std::vector<std::string>& columns) const {
    const std::set<std::string> wanted(columns.begin(), columns.end());
    const auto found = indexes_.find(to_string(its_table));
    return found != indexes_.end() && std::ranges::any_of(found->second, [&](const Index& index) {
             const size_t size = std::min(index.columns.size(), wanted.size());
             const auto begin = index.columns.begin();
             return std::set<std::string>(begin, begin + static_cast<ptrdiff_t>(size)) == wanted &&
                    std::ranges::includes(wanted, index.not_null);
           });
  }

  ast::CreateTable* table(const ast::Name& name) const {
    ast::Statement* made = context_.catalog.table(name);
    return made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
  }

  /// How many values a column has where they are few: a boolean's, or an enum's of the script; else 0.
  size_t few_values(const ast::TypeName& type) const {
    constexpr size_t most = 10;
    if (is_boolean(type)) return 2;
    const ast::Statement* made = type.array_bounds.empty() ? context_.catalog.enum_type(type.name) : nullptr;
    const auto* labels = made == nullptr ? nullptr : std::get_if<ast::CreateEnum>(&made->node);
    return labels == nullptr || labels->labels.size() > most ? 0 : labels->labels.size();
  }

  /// The columns in the order in which an index has its rows: behind its own stand those of the key, which
  /// tell rows apart. Empty from the first expression on.
  std::vector<const ast::Column*> sorted_by(const ast::CreateIndex& index, ast::CreateTable& create) const {
    std::vector<std::string> names = columns_of(index);
    if (!index.unique) {
      const std::vector<std::string>& key = context_.catalog.primary_key(index.table);
      names.insert(names.end(), key.begin(), key.end());
    }
    std::vector<const ast::Column*> columns;
    for (const std::string& name : names) {
      const ast::Column* column = ast::find_column(create, name);
      if (column == nullptr) break;
      if (std::ranges::find(columns, column) == columns.end()) columns.push_back(column);
    }
    return columns;
  }

  /// Whether the file that a statement stands in makes the table, so that it has few rows by then.
  bool is_made_beside(const ast::Statement& statement, const ast::Name& its_table) const {
    const ast::Statement* made = context_.catalog.table(its_table);
    return made != nullptr && share_file(made->span, statement.span);
  }

  void tell_rows_changed(const ast::Statement& statement, const ast::Name& its_table,
                         const std::string& what) {
    if (is_made_beside(statement, its_table)) return;
    context_.report(rules[rows_changed_at_once], statement, to_string(its_table),
                    what + " all rows of `" + to_string(its_table) + "` that it finds at once");
  }

  /// Tables that the statement puts rows into, and those that it empties.
  void note_rows(const ast::Statement& statement) {
    const auto fill = [&](ast::ObjectId table) {
      row_changes_.push_back({whole_of(table), statement.span, true});
    };
    const auto empty = [&](ast::ObjectId table) { row_changes_.push_back({table, statement.span, false}); };
    if (const auto* copy = std::get_if<ast::CopyFrom>(&statement.node)) {
      fill(copy->table.object);
    } else if (const auto* as = std::get_if<ast::CreateTableAs>(&statement.node)) {
      if (as->with_data) fill(as->name.object);
    } else if (const auto* truncate = std::get_if<ast::Truncate>(&statement.node)) {
      for (const ast::Name& name : truncate->tables) empty(name.object);
    } else if (const auto* remove = std::get_if<ast::Delete>(&statement.node)) {
      if (!remove->where && remove->using_.empty() && remove->current_of->empty())
        empty(remove->table.name.object);
    } else if (!std::holds_alternative<ast::Update>(statement.node)) {
      for (const ast::TableRef* changed : ast::changed_tables(statement.node)) fill(changed->name.object);
    }
  }

  /// Rows of a partition are those of its table.
  ast::ObjectId whole_of(ast::ObjectId table) const {
    for (;;) {
      const ast::Object& one = context_.script.objects[table];
      const auto* create = one.made_here()
                               ? std::get_if<ast::CreateTable>(&context_.script.statements[one.created].node)
                               : nullptr;
      if (create == nullptr || create->partition_of->object == ast::no_object) return table;
      table = create->partition_of->object;
    }
  }

  /// Whether the script itself has put rows into the table by then, as far as it can be seen.
  bool has_rows_before(ast::ObjectId table, const ast::Statement& statement) const {
    const RowChange* last = nullptr;
    for (const RowChange& one : row_changes_) {
      if (table == ast::no_object || one.table != table || !stands_before(one.place, statement.span))
        continue;
      if (last == nullptr || !stands_before(one.place, last->place)) last = &one;
    }
    return last != nullptr && last->fills;
  }

  void look_at(const ast::Statement& statement, const ast::Name& its_table, const ast::Column& column,
               bool has_rows) {
    if (!is_filled(column) || (is_made_beside(statement, its_table) && !has_rows)) return;
    context_.report(rules[add_column_sequence], statement, to_string(its_table),
                    "a sequence fills `" + column.name + "`, which is added to `" + to_string(its_table) +
                        "`" + (has_rows ? ", whose rows stand before it" : ""),
                    column.offset);
  }

  struct Index {
    std::vector<std::string> columns;
    std::set<std::string> not_null;  // of the rows that it has
  };

  struct RowChange {
    ast::ObjectId table = ast::no_object;
    Span place = {};
    bool fills = false;  ///< it empties the table where not
  };

  PassContext& context_;
  std::map<std::string, std::vector<Index>> indexes_;  // by table
  std::vector<RowChange> row_changes_;
};

/// A table that a query fills behind the load has its rows where it is altered, in any output.
const ast::AlterTable* alters_made_by_query(const ast::Script& script, const ast::Statement& statement) {
  const auto* alter = statement.live() ? std::get_if<ast::AlterTable>(&statement.node) : nullptr;
  if (alter == nullptr || !script.objects[alter->name.object].made_here()) return nullptr;
  const ast::Statement& made = script.statements[script.objects[alter->name.object].created];
  return made.live() && std::holds_alternative<ast::CreateTableAs>(made.node) ? alter : nullptr;
}

/// Every pg_dump since 8.0 says so, and nobody else: what such a script holds of a table is all of it.
bool is_pg_dumps(const ast::Script& script) {
  return std::ranges::any_of(script.statements, [](const ast::Statement& statement) {
    const auto* set = std::get_if<ast::SetVariable>(&statement.node);
    return set != nullptr && set->name == "check_function_bodies";
  });
}

void look_for_keys(PassContext& context) {
  for (const ast::Statement& statement : context.script.statements) {
    const auto* table = statement.live() ? std::get_if<ast::CreateTable>(&statement.node) : nullptr;
    if (table == nullptr || table->persistence == ast::Persistence::temporary ||
        !context.catalog.primary_key(table->name).empty())
      continue;
    const std::string name = to_string(table->name);
    context.report(rules[missing_primary_key], statement, name, "`" + name + "` has no primary key");
  }
}

void run_out_of_order(PassContext& context) {
  if (is_pg_dumps(context.script)) look_for_keys(context);
  std::optional<Adviser> adviser;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* index = statement.live() ? std::get_if<ast::CreateIndex>(&statement.node) : nullptr;
    const ast::AlterTable* alter = alters_made_by_query(context.script, statement);
    if (index == nullptr && alter == nullptr) continue;
    if (!adviser) adviser.emplace(context);
    if (index != nullptr) adviser->look_at(statement, *index);
    if (alter != nullptr) adviser->look_at(statement, *alter);
  }
}

void run(PassContext& context) {
  if (!context.options.in_order) return run_out_of_order(context);
  Adviser adviser(context);
  for (ast::Statement& statement : context.script.statements) {
    if (statement.live()) adviser.look_at(statement);
  }
  for (const ast::Catalog::ForeignKey& key : context.catalog.foreign_keys()) {
    if (key.statement->live()) adviser.look_at(key);
  }
}

}  // namespace

extern const Pass change_advice;
const Pass change_advice = {
    .name = "change-advice",
    .category = "indexes",
    .fidelity = Fidelity::exact,
    .summary =
        "says what costs much in CockroachDB: indexes that are hot spots, and in migrations those that are "
        "missing",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
