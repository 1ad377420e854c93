// Where a person chose it (--integers int8), columns of type integer become INT8, as a bare INT is in
// CockroachDB, and so do the sequences that fill them. What computes with them does not change: CockroachDB's
// arithmetic has 8 bytes either way.
#include "rewrite/pass.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ast/describe.h"
#include "ast/sequence_call.h"
#include "ast/serial.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"integer-as-int8", Severity::info, "types", "integer columns of a table became INT8 as chosen",
     "Check what the application's driver makes of 8 bytes: some give a string, or a number that is not "
     "exact."},
};

bool is_int4(const ast::TypeName& type) {
  return type.name.schema == "pg_catalog" && type.name.name == "int4";
}

ast::TypeName int4() {
  ast::TypeName type;
  type.name = {"pg_catalog", "int4"};
  return type;
}

/// An integer's sequence may say its limits, as one that LIKE copied does: they were the type's, not
/// anybody's choice.
void leave_limits(ast::SequenceOptions& options) {
  if (options.maximum == "2147483647") options.maximum.clear();
  if (options.minimum == "-2147483648") options.minimum.clear();
}

class Widener {
 public:
  explicit Widener(PassContext& context) : context_(context) {}

  void run() {
    for (ast::Statement& statement : context_.script.statements) {
      if (!statement.live()) continue;
      names_.clear();
      if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
        for (ast::Column& column : table->columns) widen(table->name, column);
        say(statement, table->name);
      } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
        for (ast::AlterCommand& command : alter->commands) {
          if (auto* add = std::get_if<ast::AddColumn>(&command)) widen(alter->name, add->column);
          if (const auto* filled = std::get_if<ast::SetDefault>(&command))
            note_sequence(alter->name, filled->column, filled->value);
          auto* set = std::get_if<ast::SetType>(&command);
          if (set == nullptr || !is_int4(set->type)) continue;
          set->type.name.name = "int8";
          note(alter->name, set->column);
        }
        say(statement, alter->name);
      }
    }
    for (ast::Statement& statement : context_.script.statements) {
      auto* create = std::get_if<ast::CreateSequence>(&statement.node);
      if (create == nullptr || !statement.live() || create->options.type.empty() ||
          !is_int4(*create->options.type) || !sequences_.contains(key_of(create->name)))
        continue;
      create->options.type.clear();
      leave_limits(create->options);
      context_.rewritten(statement);
    }
  }

 private:
  void widen(const ast::Name& table, ast::Column& column) {
    const bool is_serial = ast::integer_of_serial(column.type) == "int4";
    if (!is_serial && !is_int4(column.type)) return;
    if (column.source_type.empty()) column.source_type = is_serial ? int4() : column.type;
    column.type.name.name = is_serial ? "bigserial" : "int8";
    note(table, column.name);
    if (column.identity) {
      column.identity->options.type.clear();
      leave_limits(column.identity->options);
    }
    note_sequence(table, column.name, column.default_value);
  }

  void note(const ast::Name& table, const std::string& column) {
    names_.push_back(column);
    widened_.emplace(key_of(table), column);
  }

  /// Of a column that became INT8: the sequence that its default draws from.
  void note_sequence(const ast::Name& table, const std::string& column, const ast::Box<ast::Expr>& value) {
    if (!value || !widened_.contains({key_of(table), column})) return;
    if (const auto sequence = ast::nextval_sequence(*value)) sequences_.insert(key_of(*sequence));
  }

  void say(ast::Statement& statement, const ast::Name& table) {
    if (names_.empty()) return;
    context_.rewritten(statement);
    std::string list;
    for (const std::string& name : names_) list += (list.empty() ? "`" : ", `") + name + "`";
    context_.report(
        rules[0], statement, to_string(table),
        list + " of `" + to_string(table) + (names_.size() == 1 ? "` becomes INT8" : "` become INT8"));
  }

  PassContext& context_;
  std::vector<std::string> names_;                         ///< of the statement's columns that became INT8
  std::set<std::pair<std::string, std::string>> widened_;  ///< all of them, by the table's key
  std::set<std::string> sequences_;                        ///< that fill such a column
};

void run(PassContext& context) {
  Widener(context).run();
}

}  // namespace

extern const Pass widen_integers;
const Pass widen_integers = {
    .name = "widen-integers",
    .category = "types",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "gives integer columns and their sequences the type INT8, where --integers int8 asks for it",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
