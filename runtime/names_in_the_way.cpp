#include "runtime/names_in_the_way.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>

#include "runtime/runtime.h"
#include "runtime/shown_list.h"

namespace pg2crdb {
namespace {

bool drops_something(const LoadPlan::Statement& statement) {
  static constexpr std::array<std::string_view, 8> kinds = {
      "DROP TABLE", "DROP SCHEMA",   "DROP OWNED", "DROP VIEW", "DROP MATERIALIZED VIEW",
      "DROP TYPE",  "DROP SEQUENCE", "DROP DOMAIN"};
  return std::ranges::any_of(kinds, [&](std::string_view kind) { return statement.kind.starts_with(kind); });
}

/// A relation or a type: no two have one name.
bool makes_something(const LoadPlan::Statement& statement) {
  static constexpr std::array<std::string_view, 6> kinds = {
      "CREATE TABLE",    "CREATE VIEW",         "CREATE MATERIALIZED VIEW",
      "CREATE SEQUENCE", "CREATE TYPE AS ENUM", "CREATE TYPE"};
  return std::ranges::find(kinds, statement.kind) != kinds.end() &&
         statement.sql.find("IF NOT EXISTS") == std::string::npos && !statement.sql.starts_with("CREATE OR ");
}

/// What the target has, and as what, where that is not a table. A table's own row type is none.
Result<std::map<std::string, std::string>> names_of(Connection& target) {
  const Result<Rows> rows = target.query(
      "SELECT n.nspname, c.relname, CASE c.relkind WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized "
      "view' "
      "WHEN 'S' THEN 'a sequence' WHEN 'f' THEN 'a foreign table' ELSE '' END FROM pg_catalog.pg_class c "
      "JOIN "
      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') "
      "UNION ALL SELECT n.nspname, t.typname, 'a type' FROM pg_catalog.pg_type t JOIN "
      "pg_catalog.pg_namespace "
      "n ON n.oid = t.typnamespace WHERE t.typtype IN ('c', 'd', 'e')");
  if (!rows) return rows.error();
  std::map<std::string, std::string> names;
  for (const std::vector<std::string>& row : rows->values) {
    const auto [known, is_new] = names.emplace(row[0] + "." + row[1], row[2]);
    if (!is_new && known->second == "a type") known->second = row[2];
  }
  return names;
}

}  // namespace

Result<void> check_nothing_is_in_the_way(const LoadPlan& plan, const std::set<Step>& steps,
                                         Connection& target) {
  std::set<std::string> to_make;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const LoadPlan::Statement& statement = plan.statements[i];
    if (drops_something(statement)) return {};  // what is left then shows when they are run
    if (makes_something(statement) && steps.contains(apply_step(statement.phase, i)))
      to_make.insert(statement.object);
  }
  if (to_make.empty()) return {};
  const Result<std::map<std::string, std::string>> names = names_of(target);
  if (!names) return names.error();
  ShownList there(", ");
  for (const auto& [name, what] : *names) {
    if (!to_make.contains(name) && !(name.starts_with("public.") && to_make.contains(name.substr(7))))
      continue;
    there.add(what.empty() ? name : fmt::format("{} ({})", name, what));
  }
  if (there.empty()) return {};
  return Error{Error::Kind::usage,
               fmt::format("the target has already what is about to be made: {}", there.text()),
               {},
               "nothing was changed. Name an empty database as the target, or drop them; what a run before "
               "made is gone on with by --resume and its --state-dir"};
}

}  // namespace pg2crdb
