#include "emit/load_plan.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <unordered_map>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "emit/sql.h"
#include "plan/copy_form.h"

namespace pg2crdb {
namespace {

/// PostgreSQL's spelling of a column's type in the source.
std::string source_type(const ast::Column& column) {
  ast::TypeName type = column.source_type.empty() ? column.type : *column.source_type;
  if (type.name.schema.empty() && (type.name.name == "int4" || type.name.name == "int2"))
    type.name.schema = "pg_catalog";
  return to_sql(type, Dialect::postgresql);
}

LoadPlan::Conversion conversion(const ast::Column& column) {
  const ast::TypeName& source = column.source_type.empty() ? column.type : *column.source_type;
  if (!column.key_namespace.empty()) return LoadPlan::Conversion::uuid_of_key;
  if (source.name.name == "money" && column.type.name.name != "money")
    return LoadPlan::Conversion::money_to_decimal;
  if (!source.array_bounds.empty()) return LoadPlan::Conversion::none;
  if (source.name.name == "hstore" && column.type.name.name == "jsonb")
    return LoadPlan::Conversion::hstore_to_json;
  if (source.name.name == "bpchar") return LoadPlan::Conversion::trim_blanks;
  return LoadPlan::Conversion::none;
}

bool all_not_null(const ast::CreateTable& table, const std::vector<std::string>& columns) {
  return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](const std::string& name) {
    return std::any_of(table.columns.begin(), table.columns.end(),
                       [&](const ast::Column& column) { return column.name == name && column.not_null; });
  });
}

/// The primary key, else the first UNIQUE constraint over NOT NULL columns.
std::vector<std::string> key_columns(const ast::CreateTable& table) {
  std::vector<std::string> unique;
  auto consider = [&](const ast::Constraint& constraint, const std::vector<std::string>& columns) {
    if (constraint.kind == ast::Constraint::Kind::primary_key) return true;
    if (constraint.kind == ast::Constraint::Kind::unique && unique.empty() && all_not_null(table, columns)) {
      unique = columns;
    }
    return false;
  };
  for (const ast::Column& column : table.columns) {
    for (const ast::Constraint& constraint : column.constraints) {
      if (consider(constraint, {column.name})) return {column.name};
    }
  }
  for (const ast::Constraint& constraint : table.constraints) {
    if (consider(constraint, constraint.columns)) return constraint.columns;
  }
  return unique;
}

class PlanBuilder {
 public:
  PlanBuilder(const ast::Script& script, const SourceFile& file) : script_(script), file_(file) {}

  void build(const EmittedScript& emitted, LoadPlan& plan) {
    for (const EmittedStatement& statement : emitted) {
      if (statement.held_back()) continue;
      add_statement(plan, statement);
      add_schema_objects(plan, statement);
    }
    for (const bool live : {true, false}) {
      for (const ast::Statement& statement : script_.statements) {
        const auto* table = std::get_if<ast::CreateTable>(&statement.node);
        if (table == nullptr || statement.live() != live) continue;
        if (live || statement.fate == ast::Fate::needs_person) add_table(plan, *table);
      }
    }
    for (const ast::DataBlock& block : script_.data) {
      if (block.left_out.empty()) add_data(plan, block);
      add_left_out(plan, block);
    }
    change_columns(plan, emitted);
    for (const ast::Statement& statement : script_.statements) {
      if (statement.live()) add_sequence(plan, statement);
    }
    for (LoadPlan::Table& table : plan.tables) table.row_security = row_security_.contains(table.target());
  }

 private:
  static std::string schema_of(const ast::Name& name) { return name.schema.empty() ? "public" : name.schema; }

  void add_statement(LoadPlan& plan, const EmittedStatement& emitted) {
    const ast::Statement& statement = *emitted.statement;
    const SourceFile& file = file_.of(statement.span);
    plan.statements.push_back({std::string(to_string(emitted.phase)), emitted.sql,
                               ast::statement_kind(statement.node), ast::statement_object(statement.node),
                               file.name(), file.locate(statement.span.begin).line});
  }

  void add_schema_objects(LoadPlan& plan, const EmittedStatement& emitted) {
    const ast::Statement& statement = *emitted.statement;
    const std::string phase(to_string(emitted.phase));
    if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      if (table->persistence == ast::Persistence::temporary) return;
      for (const ast::Column& column : table->columns) {
        for (const ast::Constraint& constraint : column.constraints)
          add_constraint(plan, phase, table->name, constraint, {column.name});
      }
      for (const ast::Constraint& constraint : table->constraints)
        add_constraint(plan, phase, table->name, constraint, constraint.columns);
    } else if (const auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* added = std::get_if<ast::AddConstraint>(&command))
          add_constraint(plan, phase, alter->name, added->constraint, added->constraint.columns);
        if (const auto* security = std::get_if<ast::RowSecurity>(&command))
          set_row_security(alter->name, *security);
      }
    } else if (const auto* index = std::get_if<ast::CreateIndex>(&statement.node)) {
      if (index->name.empty()) return;
      std::vector<std::string> columns;
      for (const ast::IndexElement& element : index->elements) columns.push_back(element.column);
      plan.indexes.push_back({phase, schema_of(index->table), index->table.name, index->name, index->unique,
                              std::move(columns)});
    } else if (const auto* labels = std::get_if<ast::CreateEnum>(&statement.node)) {
      plan.enums.push_back({schema_of(labels->name), labels->name.name, labels->labels});
    } else if (const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node)) {
      plan.policies.push_back({phase, schema_of(policy->table), policy->table.name, policy->name});
    }
  }

  static void add_constraint(LoadPlan& plan, const std::string& phase, const ast::Name& table,
                             const ast::Constraint& constraint, const std::vector<std::string>& columns) {
    using Kind = ast::Constraint::Kind;
    if (constraint.name.empty()) return;  // the server chooses
    const std::string schema = schema_of(table);
    if (constraint.kind == Kind::primary_key || constraint.kind == Kind::unique) {
      plan.indexes.push_back({phase, schema, table.name, constraint.name, true, columns});
    } else if (constraint.kind == Kind::check || constraint.kind == Kind::foreign_key) {
      plan.constraints.push_back({phase, schema, table.name, constraint.name,
                                  constraint.kind == Kind::check ? "CHECK" : "FOREIGN KEY"});
    }
  }

  void set_row_security(const ast::Name& table, const ast::RowSecurity& security) {
    using Action = ast::RowSecurity::Action;
    const ObjectName name{schema_of(table), table.name};
    if (security.action == Action::enable) row_security_.insert(name);
    if (security.action == Action::disable) row_security_.erase(name);
  }

  /// By the name in the dump. Another table may have that name on the target.
  LoadPlan::Table& table_entry(LoadPlan& plan, const ast::Name& source) {
    const std::string schema = schema_of(source);
    auto [it, inserted] = tables_.emplace(ObjectName{schema, source.name}, plan.tables.size());
    if (inserted) {
      LoadPlan::Table& table = plan.tables.emplace_back();
      table.schema = table.source_schema = schema;
      table.name = table.source_name = source.name;
    }
    return plan.tables[it->second];
  }

  void add_table(LoadPlan& plan, const ast::CreateTable& create) {
    if (create.persistence == ast::Persistence::temporary) return;  // no rows outlive its session
    LoadPlan::Table& table = table_entry(plan, name_in_source(create));
    if (!table.columns.empty()) return;  // what is held back has the name of another one
    table.schema = schema_of(create.name);
    table.name = create.name.name;
    for (const ast::Column& column : create.columns) {
      table.columns.push_back({column.name, name_in_source(column), source_type(column),
                               to_sql(column.type, Dialect::cockroachdb), conversion(column),
                               column.key_namespace, static_cast<bool>(column.generated), column.not_null,
                               static_cast<bool>(column.default_value)});
    }
    table.key = key_columns(create);
  }

  /// What is set or dropped of columns behind the rows.
  static void change_columns(LoadPlan& plan, const EmittedScript& emitted) {
    std::map<ObjectName, LoadPlan::Table*> by_target;
    for (LoadPlan::Table& table : plan.tables) by_target.emplace(table.target(), &table);
    for (const EmittedStatement& statement : emitted) {
      const auto* alter = std::get_if<ast::AlterTable>(&statement.statement->node);
      if (alter == nullptr || statement.held_back()) continue;
      for (const ast::AlterCommand& command : alter->commands) {
        const auto table = by_target.find({schema_of(alter->name), alter->name.name});
        if (table == by_target.end()) break;
        std::vector<LoadPlan::Column>& columns = table->second->columns;
        const auto column_of = [&](const std::string& name) {
          return std::ranges::find(columns, name, &LoadPlan::Column::name);
        };
        if (const auto* set = std::get_if<ast::SetDefault>(&command)) {
          if (const auto column = column_of(set->column); column != columns.end())
            column->has_default = static_cast<bool>(set->value);
        } else if (const auto* not_null = std::get_if<ast::SetNotNull>(&command)) {
          if (const auto column = column_of(not_null->column); column != columns.end())
            column->not_null = not_null->not_null;
        }
      }
    }
  }

  /// How the rows are written.
  void take_form(const ast::DataBlock& block, LoadPlan::Data& data) const {
    for (const auto& [value, text] : block.defaults)
      data.defaults.push_back({value, !text, text.value_or("")});
    if (block.statement == ast::no_statement) return;
    data.form = form_of_copy(file_.of(block.header).text(block.header));
    data.forced_null.assign(block.forced_null.begin(), block.forced_null.end());
    data.forced_not_null.assign(block.forced_not_null.begin(), block.forced_not_null.end());
  }

  void add_data(LoadPlan& plan, const ast::DataBlock& block) {
    LoadPlan::Table& table = table_entry(plan, block.table);
    std::vector<std::string> columns = block.columns;
    if (columns.empty()) {
      // COPY leaves generated columns out, an INSERT has the word DEFAULT there.
      const bool insert = block.format == ast::DataBlock::Format::insert;
      for (const LoadPlan::Column& column : table.columns) {
        if (insert || !column.generated) columns.push_back(column.source_name);
      }
    }
    const bool unknown = table.data.empty() && table.columns.empty();
    if (unknown) only_rows_.insert(table.source());
    if (only_rows_.contains(table.source())) {  // a data-only dump: names are all we know
      for (const std::string& column : columns) {
        const bool known =
            std::any_of(table.columns.begin(), table.columns.end(),
                        [&](const LoadPlan::Column& other) { return other.source_name == column; });
        if (!known) table.columns.push_back({column, column, {}, {}, {}, {}, false, false, false});
      }
    }
    table.data.push_back({block.data.file - file_.index(),
                          block.format == ast::DataBlock::Format::insert ? LoadPlan::Data::Format::insert
                                                                         : LoadPlan::Data::Format::copy,
                          block.data.begin,
                          block.data.end,
                          block.first_line,
                          block.rows - block.skipped.size(),
                          std::move(columns),
                          block.skipped,
                          {block.fractions.begin(), block.fractions.end()}});
    take_form(block, table.data.back());
  }

  static void add_left_out(LoadPlan& plan, const ast::DataBlock& block) {
    const bool all = !block.left_out.empty();
    const uint64_t rows = all ? block.rows : block.skipped.size();
    if (rows == 0) return;
    plan.left_out.push_back({schema_of(block.table), block.table.name, rows,
                             all ? block.left_out : "they repeat keys of rows before"});
  }

  LoadPlan::Sequence& sequence_entry(LoadPlan& plan, const ast::Name& name) {
    const std::string schema = schema_of(name);
    auto [it, inserted] = sequences_.emplace(ObjectName{schema, name.name}, plan.sequences.size());
    if (inserted) {
      LoadPlan::Sequence& sequence = plan.sequences.emplace_back();
      sequence.schema = sequence.source_schema = schema;
      sequence.name = sequence.source_name = name.name;
    }
    return plan.sequences[it->second];
  }

  void add_sequence(LoadPlan& plan, const ast::Statement& statement) {
    if (const auto* create = std::get_if<ast::CreateSequence>(&statement.node)) {
      sequence_entry(plan, create->name);
    } else if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (const ast::Column& column : table->columns) {
        if (column.identity && !column.identity->restored_name.empty()) {
          LoadPlan::Sequence& sequence = sequence_entry(plan, column.identity->restored_name);
          // PostgreSQL has it in the table's schema.
          sequence.source_schema = schema_of(name_in_source(*table));
        }
      }
    } else if (const std::optional<ast::SetvalCall> setval = ast::setval_call(statement.node)) {
      if (statement.before_rows) return;  // the load draws from it
      LoadPlan::Sequence& sequence = sequence_entry(plan, setval->sequence);
      const std::string& digits = setval->value;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sequence.value);
      sequence.has_value = error == std::errc() && end == digits.data() + digits.size();
      sequence.is_called = setval->is_called;
      const SourceFile& file = file_.of(statement.span);
      sequence.file = file.name();
      sequence.line = file.locate(statement.span.begin).line;
    }
  }

  const ast::Script& script_;
  const SourceFile& file_;
  std::map<ObjectName, size_t> tables_, sequences_;
  std::set<ObjectName> only_rows_;     ///< tables that the script does not make
  std::set<ObjectName> row_security_;  ///< tables on the target
};
}  // namespace

LoadPlan make_load_plan(const ast::Script& script, const EmittedScript& emitted, const Target& target,
                        const SourceFile& file, const LoadPlan::Input& input) {
  LoadPlan plan;
  plan.tool = PG2CRDB_VERSION;
  plan.target = to_string(target.version());
  plan.inputs.push_back(input);
  PlanBuilder(script, file).build(emitted, plan);
  return plan;
}

}  // namespace pg2crdb
