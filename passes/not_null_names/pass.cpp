// PostgreSQL 18 gives NOT NULL constraints a name, and pg_dump writes those that are not the default.
// CockroachDB's columns are NOT NULL without one, so that nothing can be said of it by its name. DDL
// facts 7.2.
#include "rewrite/pass.h"

#include <set>
#include <utility>

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"comment-refused", Severity::info, "comments", "CockroachDB has no COMMENT ON for this kind of object",
     "Keep the text in the application's documentation, or on a table."},
};

class Names {
 public:
  explicit Names(PassContext& context) : context_(context) {}

  void take_off(ast::Statement& statement, const ast::Name& table, ast::Column& column) {
    // The name that it has where none is written.
    if (column.not_null) taken_.emplace(to_string(table), table.name + "_" + column.name + "_not_null");
    if (!column.not_null_name.empty()) taken_.emplace(to_string(table), *column.not_null_name);
    if (column.not_null_name.empty() && !column.not_null_no_inherit) return;
    column.not_null_name = ast::Sparse<std::string>();
    column.not_null_no_inherit = false;  // inherited columns were copied before
    context_.rewritten(statement);
  }

  void leave_out(ast::Statement& statement, const ast::ObjectRef& constraint) {
    if (!taken_.contains({to_string(constraint.name), constraint.member})) return;
    const std::string object = constraint.member + " on " + to_string(constraint.name);
    context_.report(rules[0], statement, object, "COMMENT ON CONSTRAINT `" + object + "` is left out");
    context_.drop(statement, "a NOT NULL of CockroachDB has no name");
  }

 private:
  PassContext& context_;
  std::set<std::pair<std::string, std::string>> taken_;  ///< table and constraint
};

void run(PassContext& context) {
  Names names(context);
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (auto* table = std::get_if<ast::CreateTable>(&statement.node)) {
      for (ast::Column& column : table->columns) names.take_off(statement, table->name, column);
    } else if (auto* alter = std::get_if<ast::AlterTable>(&statement.node)) {
      for (ast::AlterCommand& command : alter->commands) {
        if (auto* add = std::get_if<ast::AddColumn>(&command))
          names.take_off(statement, alter->name, add->column);
      }
    } else if (const auto* comment = std::get_if<ast::Comment>(&statement.node);
               comment != nullptr && comment->object.kind == ast::ObjectKind::constraint) {
      names.leave_out(statement, comment->object);
    }
  }
}

}  // namespace

extern const Pass not_null_names;
const Pass not_null_names = {
    .name = "not-null-names",
    .category = "constraints",
    .fidelity = Fidelity::exact,
    .summary = "takes names and NO INHERIT off NOT NULL constraints",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
