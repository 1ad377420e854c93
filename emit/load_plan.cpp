#include "emit/load_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include "ast/catalog.h"
#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "emit/sql.h"
#include "support/words.h"

namespace pg2crdb {
namespace {

using ast::Phase;

/// The order of kinds within a phase. CockroachDB resolves what a statement names when it runs, function
/// bodies included.
constexpr int rank_of_routines_and_views = 9;

struct RankOf {
  int operator()(const ast::CreateDatabase&) const { return 1; }
  int operator()(const ast::CreateSchema&) const { return 2; }
  int operator()(const ast::CreateExtension&) const { return 3; }
  int operator()(const ast::CreateEnum&) const { return 4; }
  int operator()(const ast::AlterEnum&) const { return 5; }
  int operator()(const ast::CreateCompositeType&) const { return 6; }
  int operator()(const ast::CreateDomain&) const { return 7; }
  int operator()(const ast::CreateSequence&) const { return 8; }
  int operator()(const ast::CreateFunction&) const { return rank_of_routines_and_views; }
  int operator()(const ast::CreateView&) const { return rank_of_routines_and_views; }
  int operator()(const ast::CreateTableAs&) const { return rank_of_routines_and_views; }
  int operator()(const ast::CreateTable&) const { return 10; }
  int operator()(const ast::CreateIndex&) const { return 11; }
  int operator()(const ast::AlterTable& alter) const {
    const bool owner = std::any_of(
        alter.commands.begin(), alter.commands.end(),
        [](const ast::AlterCommand& command) { return std::holds_alternative<ast::OwnerTo>(command); });
    return owner ? 16 : 12;
  }
  int operator()(const ast::CreateTrigger&) const { return 13; }
  int operator()(const ast::CreatePolicy&) const { return 13; }
  int operator()(const ast::Comment&) const { return 15; }
  int operator()(const ast::AlterOwner&) const { return 16; }
  /// An owner needs CREATE on the schema first.
  int operator()(const ast::Grant& grant) const {
    return grant.kind == ast::ObjectKind::schema && grant.grant ? 15 : 17;
  }
  int operator()(const ast::GrantRole&) const { return 17; }
  int operator()(const ast::AlterDefaultPrivileges&) const { return 17; }
  template <class Node>
  int operator()(const Node&) const {
    return 14;
  }
};

bool creates(const ast::StatementNode& node) {
  return std::holds_alternative<ast::CreateTable>(node) || std::holds_alternative<ast::CreateView>(node) ||
         std::holds_alternative<ast::CreateSequence>(node) || std::holds_alternative<ast::CreateEnum>(node) ||
         std::holds_alternative<ast::CreateFunction>(node);
}

/// Functions and views name each other in any order: PostgreSQL looks when they are called, CockroachDB when
/// they are created. So those that a statement names come before it, otherwise in dump order; a circle is
/// broken where it was entered.
class DependencyOrder {
 public:
  explicit DependencyOrder(const std::vector<const ast::Statement*>& statements) : statements_(statements) {
    for (size_t i = 0; i < statements.size(); ++i) {
      if (const std::string* name = created_name(statements[i]->node)) by_name_[*name].push_back(i);
    }
  }

  std::vector<const ast::Statement*> sorted() {
    state_.assign(statements_.size(), State::unseen);
    for (size_t i = 0; i < statements_.size(); ++i) visit(i);
    return std::move(sorted_);
  }

 private:
  enum class State { unseen, open, done };

  static const std::string* created_name(const ast::StatementNode& node) {
    if (const auto* function = std::get_if<ast::CreateFunction>(&node)) return &function->name.name;
    if (const auto* view = std::get_if<ast::CreateView>(&node)) return &view->name.name;
    if (const auto* as = std::get_if<ast::CreateTableAs>(&node)) return &as->name.name;
    return nullptr;
  }

  void visit(size_t i) {
    if (state_[i] != State::unseen) return;
    state_[i] = State::open;
    std::vector<size_t> needed;
    for_each_word(to_sql(statements_[i]->node, Dialect::postgresql), [&](std::string_view word) {
      const auto found = by_name_.find(std::string(word));
      if (found != by_name_.end()) needed.insert(needed.end(), found->second.begin(), found->second.end());
    });
    for (const size_t other : needed) visit(other);
    state_[i] = State::done;
    sorted_.push_back(statements_[i]);
  }

  const std::vector<const ast::Statement*>& statements_;
  std::unordered_map<std::string, std::vector<size_t>> by_name_;
  std::vector<State> state_;
  std::vector<const ast::Statement*> sorted_;
};

std::string location(const ast::Statement& statement, const SourceFile& first) {
  const SourceFile& file = first.of(statement.span);
  return fmt::format("{}:{}", file.name(), file.locate(statement.span.begin).line);
}

/// PostgreSQL's spelling of a column's type in the source.
std::string source_type(const ast::Column& column) {
  ast::TypeName type = column.source_type.empty() ? column.type : column.source_type;
  if (type.name.schema.empty() && (type.name.name == "int4" || type.name.name == "int2"))
    type.name.schema = "pg_catalog";
  return to_sql(type, Dialect::postgresql);
}

LoadPlan::Conversion conversion(const ast::Column& column) {
  const ast::TypeName& source = column.source_type.empty() ? column.type : column.source_type;
  if (!column.key_namespace.empty()) return LoadPlan::Conversion::uuid_of_key;
  if (!source.array_bounds.empty()) return LoadPlan::Conversion::none;
  if (source.name.name == "money" && column.type.name.name != "money")
    return LoadPlan::Conversion::money_to_decimal;
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

  void build(LoadPlan& plan) {
    for (const Phase phase : {Phase::roles, Phase::pre_data, Phase::post_data, Phase::revalidate}) {
      for (const ast::Statement* statement : statements_of(script_, phase)) add_statement(plan, *statement);
    }
    for (const ast::Statement& statement : script_.statements) {
      if (!statement.live() && statement.fate != ast::Fate::needs_person) continue;
      if (const auto* table = std::get_if<ast::CreateTable>(&statement.node)) add_table(plan, *table);
    }
    for (const ast::DataBlock& block : script_.data) add_data(plan, block);
    for (const ast::Statement& statement : script_.statements) {
      if (statement.live()) add_sequence(plan, statement);
    }
  }

 private:
  static std::string key(const std::string& schema, const std::string& name) { return schema + "." + name; }
  static std::string schema_of(const ast::Name& name) { return name.schema.empty() ? "public" : name.schema; }

  void add_statement(LoadPlan& plan, const ast::Statement& statement) {
    if (statement.fate == ast::Fate::needs_person) return;
    const SourceFile& file = file_.of(statement.span);
    plan.statements.push_back({std::string(to_string(statement.phase)),
                               to_sql(statement.node, Dialect::cockroachdb),
                               ast::statement_kind(statement.node), ast::statement_object(statement.node),
                               file.name(), file.locate(statement.span.begin).line});
  }

  /// By the name in the dump. Another table may have that name on the target.
  LoadPlan::Table& table_entry(LoadPlan& plan, const ast::Name& source) {
    const std::string schema = schema_of(source);
    auto [it, inserted] = tables_.emplace(key(schema, source.name), plan.tables.size());
    if (inserted) {
      LoadPlan::Table& table = plan.tables.emplace_back();
      table.schema = table.source_schema = schema;
      table.name = table.source_name = source.name;
    }
    return plan.tables[it->second];
  }

  void add_table(LoadPlan& plan, const ast::CreateTable& create) {
    LoadPlan::Table& table = table_entry(plan, name_in_source(create));
    table.schema = schema_of(create.name);
    table.name = create.name.name;
    for (const ast::Column& column : create.columns) {
      table.columns.push_back({column.name, name_in_source(column), source_type(column),
                               to_sql(column.type, Dialect::cockroachdb), conversion(column),
                               column.key_namespace, static_cast<bool>(column.generated), column.not_null});
    }
    table.key = key_columns(create);
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
    if (table.columns.empty()) {  // a data-only dump: names are all we know
      for (const std::string& column : columns)
        table.columns.push_back({column, column, {}, {}, {}, {}, false, false});
    }
    table.data.push_back({block.data.file,
                          block.format == ast::DataBlock::Format::insert ? LoadPlan::Data::Format::insert
                                                                         : LoadPlan::Data::Format::copy_text,
                          block.data.begin, block.data.end, block.first_line, block.rows,
                          std::move(columns)});
  }

  LoadPlan::Sequence& sequence_entry(LoadPlan& plan, const ast::Name& name) {
    const std::string schema = schema_of(name);
    auto [it, inserted] = sequences_.emplace(key(schema, name.name), plan.sequences.size());
    if (inserted) {
      plan.sequences.emplace_back();
      plan.sequences.back().schema = schema;
      plan.sequences.back().name = name.name;
      plan.sequences.back().source_name = key(schema, name.name);
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
          sequence.source_name = key(schema_of(name_in_source(*table)), column.identity->restored_name.name);
        }
      }
    } else if (const std::optional<ast::SetvalCall> setval = ast::setval_call(statement.node)) {
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
  std::unordered_map<std::string, size_t> tables_, sequences_;
};

std::string header(Phase phase) {
  switch (phase) {
    case Phase::roles:
      return "-- Roles that the schema names.\n";
    case Phase::pre_data:
      return "-- What the rows need: run before they are loaded.\n";
    case Phase::post_data:
      return "-- Indexes, foreign keys, views, privileges: run once the rows are there.\n";
    case Phase::revalidate:
      break;
  }
  return "-- Constraints to validate and sequence values: run last.\n";
}

}  // namespace

std::vector<const ast::Statement*> statements_of(const ast::Script& script, Phase phase) {
  struct Ranked {
    int rank;
    const ast::Statement* statement;
  };
  std::vector<Ranked> ranked;
  bool anything_created = false;
  for (const ast::Statement& statement : script.statements) {
    anything_created = anything_created || creates(statement.node);
    const bool shown = statement.live() || statement.fate == ast::Fate::needs_person;
    if (!shown || statement.phase != phase || std::holds_alternative<ast::CopyFrom>(statement.node)) continue;
    // What stands before the first CREATE (pg_dump --clean) comes first, in its order.
    const bool clean = !anything_created && (std::holds_alternative<ast::Drop>(statement.node) ||
                                             std::holds_alternative<ast::AlterTable>(statement.node));
    ranked.push_back({clean ? 0 : std::visit(RankOf{}, statement.node), &statement});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if (a.rank != b.rank) return a.rank < b.rank;
    const Span& left = a.statement->span;
    const Span& right = b.statement->span;
    return left.file != right.file ? left.file < right.file : left.begin < right.begin;
  });
  std::vector<const ast::Statement*> statements;
  std::vector<const ast::Statement*> routines_and_views;
  statements.reserve(ranked.size());
  for (size_t i = 0; i < ranked.size(); ++i) {
    const bool orderless = ranked[i].rank == rank_of_routines_and_views;
    (orderless ? routines_and_views : statements).push_back(ranked[i].statement);
    if (orderless && (i + 1 == ranked.size() || ranked[i + 1].rank != rank_of_routines_and_views)) {
      const std::vector<const ast::Statement*> sorted = DependencyOrder(routines_and_views).sorted();
      statements.insert(statements.end(), sorted.begin(), sorted.end());
    }
  }
  return statements;
}

LoadPlan make_load_plan(const ast::Script& script, const Target& target, const SourceFile& file,
                        const LoadPlan::Input& input) {
  LoadPlan plan;
  plan.tool = PG2CRDB_VERSION;
  plan.target = to_string(target.version());
  plan.inputs.push_back(input);
  PlanBuilder(script, file).build(plan);
  return plan;
}

std::string emit_statement(const ast::Statement& statement, const SourceFile& file,
                           const EmitOptions& options) {
  std::string out;
  const bool needs_person = statement.fate == ast::Fate::needs_person;
  if (options.annotate && !needs_person) {
    out += "-- from " + location(statement, file);
    for (size_t i = 0; i < statement.passes.size(); ++i) {
      out += i == 0 ? " [" : ", ";
      out += statement.passes[i];
    }
    out += statement.passes.empty() ? "\n" : "]\n";
  }
  const std::string sql = to_sql(statement.node, Dialect::cockroachdb) + ";\n";
  if (!needs_person) return out + sql;
  out += "-- NOT TRANSLATED, from " + location(statement, file) + ": " + statement.reason + "\n";
  for (size_t begin = 0; begin < sql.size();) {
    const size_t end = sql.find('\n', begin);
    std::string_view line = std::string_view(sql).substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out += line.empty() ? "--" : "-- ";
    out += line;
    out += '\n';
    begin = end + 1;
  }
  return out;
}

std::string emit_phase(const ast::Script& script, Phase phase, const SourceFile& file,
                       const EmitOptions& options) {
  std::string out = header(phase);
  for (const ast::Statement* statement : statements_of(script, phase)) {
    out += '\n';
    out += emit_statement(*statement, file, options);
  }
  return out;
}

}  // namespace pg2crdb
