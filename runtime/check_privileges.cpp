#include "runtime/check_privileges.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "runtime/connection_error.h"
#include "runtime/runtime.h"
#include "runtime/shown_list.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// What is about to be made and written.
struct Intended {
  bool roles = false;
  bool schemas = false;
  std::set<std::string> in_schemas;  ///< where tables are made
  std::set<ObjectName> loaded;
};

Intended intended(const LoadPlan& plan, const std::set<Step>& steps, const Journal& journal) {
  Intended found;
  const auto is_left = [&](const Step& step) {
    return steps.contains(step) && journal.state(step) != "done";
  };
  bool tables = false;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const LoadPlan::Statement& statement = plan.statements[i];
    if (!is_left(apply_step(statement.phase, i))) continue;
    found.roles = found.roles || statement.kind == "CREATE ROLE";
    found.schemas = found.schemas || statement.kind == "CREATE SCHEMA";
    tables = tables || statement.kind == "CREATE TABLE";
  }
  for (const LoadPlan::Table& table : plan.tables) {
    if (tables) found.in_schemas.insert(table.schema);
    if (is_left(load_step(table.target()))) found.loaded.insert(table.target());
  }
  return found;
}

/// The rows of a question about privileges: none where the server does not know it. An error where it cannot
/// answer.
Result<Rows> asked(Connection& target, const std::string& question) {
  Result<Rows> rows = target.query(question);
  return !rows && !is_passing(rows.error()) ? Rows() : std::move(rows);
}

}  // namespace

Result<void> check_privileges(const LoadPlan& plan, const std::set<Step>& steps, const Journal& journal,
                              Connection& target) {
  const Intended wanted = intended(plan, steps, journal);
  if (!wanted.roles && !wanted.schemas && wanted.in_schemas.empty() && wanted.loaded.empty()) return {};
  ShownList missing("; "), grants("; ");
  const Result<Rows> user = asked(target, "SELECT current_user, current_database()");
  if (!user) return user.error();
  if (user->size() != 1) return {};
  const std::string name = quote_identifier(user->values[0][0]),
                    database = quote_identifier(user->values[0][1]);
  const auto lacks = [&](const std::string& privilege, const std::string& on) {
    missing.add(privilege + " on " + on);
    grants.add(fmt::format("GRANT {} ON {} TO {}", privilege, on, name));
  };

  if (wanted.roles) {
    const std::string_view in_other_ways =
        target.is_cockroachdb()
            ? " OR pg_has_role(current_user, 'admin', 'MEMBER') OR has_system_privilege('CREATEROLE')"
            : "";
    const Result<Rows> may =
        asked(target,
              fmt::format(
                  "SELECT rolsuper OR rolcreaterole{} FROM pg_catalog.pg_roles WHERE rolname = current_user",
                  in_other_ways));
    if (!may) return may.error();
    if (may->size() == 1 && may->values[0][0] == "f") {
      missing.add("CREATEROLE");
      grants.add(fmt::format("ALTER ROLE {} CREATEROLE", name));
    }
  }
  if (wanted.schemas) {
    const Result<Rows> may = asked(target, "SELECT has_database_privilege(current_database(), 'CREATE')");
    if (!may) return may.error();
    if (may->size() == 1 && may->values[0][0] == "f") lacks("CREATE", "DATABASE " + database);
  }
  if (!wanted.in_schemas.empty()) {
    const Result<Rows> closed = asked(
        target,
        "SELECT nspname FROM pg_catalog.pg_namespace WHERE NOT has_schema_privilege(nspname, 'CREATE')");
    if (!closed) return closed.error();
    for (const std::vector<std::string>& schema : closed->values) {
      if (wanted.in_schemas.contains(schema[0])) lacks("CREATE", "SCHEMA " + quote_identifier(schema[0]));
    }
  }
  if (!wanted.loaded.empty()) {
    const Result<Rows> closed = asked(
        target,
        "SELECT n.nspname, c.relname, has_table_privilege(c.oid, 'INSERT') FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND NOT "
        "(has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'SELECT'))");
    if (!closed) return closed.error();
    for (const std::vector<std::string>& table : closed->values) {
      if (wanted.loaded.contains({table[0], table[1]}))
        lacks(table[2] == "t" ? "SELECT" : "SELECT, INSERT", "TABLE " + quote_name(table[0], table[1]));
    }
  }
  if (missing.empty()) return {};
  return Error{Error::Kind::usage,
               fmt::format("the user {} of the target lacks {}", name, missing.text()),
               {},
               fmt::format("nothing was changed. An administrator can grant it: {}", grants.text())};
}

}  // namespace pg2crdb
