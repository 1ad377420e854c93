#include "runtime/tables_in_the_way.h"

#include <fmt/format.h>

#include <string>

#include "runtime/runtime.h"
#include "runtime/shown_list.h"

namespace pg2crdb {
namespace {

bool drops_tables(const LoadPlan::Statement& statement) {
  return statement.kind == "DROP TABLE" || statement.kind == "DROP SCHEMA" ||
         statement.kind.starts_with("DROP OWNED");
}

}  // namespace

Result<void> check_no_table_is_in_the_way(const LoadPlan& plan, const std::set<Step>& steps,
                                          Connection& target) {
  std::set<std::string> to_make;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const LoadPlan::Statement& statement = plan.statements[i];
    if (drops_tables(statement)) return {};  // what is left then shows when they are run
    if (statement.kind == "CREATE TABLE" && steps.contains(apply_step(statement.phase, i)) &&
        statement.sql.find("IF NOT EXISTS") == std::string::npos)
      to_make.insert(statement.object);
  }
  if (to_make.empty()) return {};
  const Result<Rows> rows = target.query(
      "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace WHERE c.relkind IN ('r', 'p') ORDER BY 1, 2");
  if (!rows) return rows.error();
  ShownList there(", ");
  for (const std::vector<std::string>& row : rows->values) {
    const std::string name = row[0] + "." + row[1];
    if (to_make.contains(name) || (row[0] == "public" && to_make.contains(row[1]))) there.add(name);
  }
  if (there.empty()) return {};
  return Error{Error::Kind::usage,
               fmt::format("the target has tables already that are about to be made: {}", there.text()),
               {},
               "nothing was changed. Name an empty database as the target, or drop them; what a run before "
               "made is gone on with by --resume and its --state-dir"};
}

}  // namespace pg2crdb
