// Foreign keys leave their tables' definitions and are added NOT VALID after the rows are there: cycles and
// the order of the load stop mattering, and CockroachDB does not check row by row during COPY.
// `revalidate-foreign-keys` has each validated at the end.
#include "rewrite/pass.h"

#include <algorithm>
#include <unordered_set>

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"deferrable-foreign-key", Severity::warning, "constraints",
     "CockroachDB checks constraints at the end of each statement, never at commit",
     "Make sure that no transaction relies on the order of its statements, or drop the foreign key."},
    {"foreign-key-set-null-columns", Severity::error, "constraints",
     "CockroachDB has no column list behind ON DELETE SET NULL",
     "Accept that all columns of the foreign key become NULL, or use a trigger; then acknowledge this "
     "finding."},
    {"foreign-key-not-valid", Severity::warning, "constraints",
     "the foreign key was never validated in PostgreSQL, so rows may break it",
     "Find and mend the rows that have no match before the migration, or expect its validation to fail."},
    {"foreign-key-generated-column", Severity::error, "constraints",
     "before CockroachDB 24.2 a generated column has no foreign key",
     "Compile for 24.2 or later, or leave the foreign key out."},
};
enum : size_t { deferrable, set_null_columns, not_valid, generated_column };

/// PostgreSQL's name for a foreign key that was given none: table_column[_column...]_fkey, 63 bytes at most.
std::string default_name(const ast::Name& table, const std::vector<std::string>& columns) {
  std::string name = table.name;
  for (const std::string& column : columns) name += "_" + column;
  constexpr size_t longest = 63 - 5;
  if (name.size() > longest) name.resize(longest);
  return name + "_fkey";
}

class Extractor {
 public:
  explicit Extractor(PassContext& context) : context_(context) {}

  /// Where the script's order is kept, keys stay where they are, valid ones too: clauses alone are adapted.
  void in_place(ast::Statement& statement, ast::CreateTable& table) {
    for (ast::Column& column : table.columns)
      adapt_all(statement, table.name, column.name, column.constraints);
    adapt_all(statement, table.name, {}, table.constraints);
  }
  void in_place(ast::Statement& statement, ast::AlterTable& alter) {
    for (ast::AlterCommand& command : alter.commands) {
      if (auto* add = std::get_if<ast::AddConstraint>(&command))
        adapt_one(statement, alter.name, {}, add->constraint);
      if (auto* add = std::get_if<ast::AddColumn>(&command))
        adapt_all(statement, alter.name, add->column.name, add->column.constraints);
    }
  }

  void from_table(ast::Statement& statement, ast::CreateTable& table) {
    std::vector<ast::Constraint> found;
    for (ast::Column& column : table.columns) {
      take(column.constraints, column.name, found);
    }
    take(table.constraints, {}, found);
    if (found.empty()) return;
    context_.rewritten(statement);
    for (ast::Constraint& constraint : found) {
      if (constraint.name.empty()) constraint.name = unused_name(table.name, constraint.columns);
      adapt(statement, table.name, constraint.columns, constraint);
      ast::AlterTable alter;
      alter.name = table.name;
      alter.commands.push_back(ast::AddConstraint{std::move(constraint)});
      context_.add(std::move(alter), statement, ast::Phase::post_data);
    }
  }

  void from_alter(ast::Statement& statement, ast::AlterTable& alter) {
    bool found = false;
    for (ast::AlterCommand& command : alter.commands) {
      auto* add = std::get_if<ast::AddConstraint>(&command);
      if (add == nullptr || add->constraint.kind != ast::Constraint::Kind::foreign_key) continue;
      if (add->constraint.name.empty())
        add->constraint.name = unused_name(alter.name, add->constraint.columns);
      adapt(statement, alter.name, add->constraint.columns, add->constraint);
      found = true;
    }
    if (found) context_.move(statement, ast::Phase::post_data, "added NOT VALID after the load");
  }

 private:
  static void take(std::vector<ast::Constraint>& from, const std::string& column,
                   std::vector<ast::Constraint>& into) {
    std::erase_if(from, [&](ast::Constraint& constraint) {
      if (constraint.kind != ast::Constraint::Kind::foreign_key) return false;
      if (constraint.columns.empty()) constraint.columns = {column};
      into.push_back(std::move(constraint));
      return true;
    });
  }

  std::string unused_name(const ast::Name& table, const std::vector<std::string>& columns) {
    const std::string base = default_name(table, columns);
    std::string name = base;
    for (int i = 1; !names_.insert(to_string(table) + " " + name).second; ++i)
      name = base + std::to_string(i);
    return name;
  }

  void adapt_all(ast::Statement& statement, const ast::Name& table, const std::string& column,
                 std::vector<ast::Constraint>& constraints) {
    for (ast::Constraint& constraint : constraints) adapt_one(statement, table, column, constraint);
  }

  void adapt_one(ast::Statement& statement, const ast::Name& table, const std::string& column,
                 ast::Constraint& constraint) {
    if (constraint.kind != ast::Constraint::Kind::foreign_key) return;
    const bool changes =
        constraint.name.empty() || constraint.deferrable || !constraint.on_delete_columns.empty();
    const std::vector<std::string> columns = column.empty() ? constraint.columns : std::vector{column};
    if (constraint.name.empty()) constraint.name = unused_name(table, columns);
    adapt(statement, table, columns, constraint);
    if (changes) context_.rewritten(statement);
  }

  void adapt(ast::Statement& statement, const ast::Name& table, const std::vector<std::string>& columns,
             ast::Constraint& constraint) {
    const std::string which = "foreign key `" + constraint.name + "` of `" + to_string(table) + "`";
    if (constraint.deferrable) {
      context_.report(rules[deferrable], statement, to_string(table),
                      which + " is DEFERRABLE; it becomes an immediate one", constraint.offset);
      constraint.deferrable = constraint.initially_deferred = false;
    }
    // Where all columns of the key are named, that says no more than none.
    if (std::ranges::is_permutation(columns, constraint.on_delete_columns))
      constraint.on_delete_columns.clear();
    if (!constraint.on_delete_columns.empty()) {
      context_.report(rules[set_null_columns], statement, to_string(table),
                      which + " sets only some columns to NULL on delete", constraint.offset);
      constraint.on_delete_columns.clear();
    }
    if (constraint.not_valid && statement.fate != ast::Fate::added && !context_.options.in_order) {
      context_.report(rules[not_valid], statement, to_string(table), which + " is NOT VALID in PostgreSQL",
                      constraint.offset);
    }
    if (!context_.target.has(Capability::foreign_key_on_stored_column) && is_generated(table, constraint))
      context_.report(rules[generated_column], statement, to_string(table),
                      which + " is on a generated column", constraint.offset);
    if (!context_.options.in_order) constraint.not_valid = true;
    names_.insert(to_string(table) + " " + constraint.name);
  }

  bool is_generated(const ast::Name& table, const ast::Constraint& constraint) const {
    ast::Statement* made = context_.catalog.table(table);
    auto* create = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
    return create != nullptr && std::ranges::any_of(constraint.columns, [&](const std::string& name) {
             const ast::Column* column = ast::find_column(*create, name);
             return column != nullptr && column->generated;
           });
  }

  PassContext& context_;
  std::unordered_set<std::string> names_;
};

void run(PassContext& context) {
  Extractor extractor(context);
  const size_t count = context.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (!statement.live() || statement.fate == ast::Fate::moved) continue;
    const bool in_order = context.options.in_order;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      in_order ? extractor.in_place(statement, *table) : extractor.from_table(statement, *table);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      in_order ? extractor.in_place(statement, *alter) : extractor.from_alter(statement, *alter);
    }
  }
}

}  // namespace

extern const Pass invalidate_foreign_keys;
const Pass invalidate_foreign_keys = {
    .name = "invalidate-foreign-keys",
    .category = "constraints",
    .fidelity = Fidelity::exact,
    .summary = "adds foreign keys NOT VALID after the load instead of with their tables",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
