#include "runtime/made_tables.h"

#include <string_view>

namespace pg2crdb {
namespace {

/// unique_violation (of PostgreSQL's catalog), duplicate_object (a table's type there), duplicate_schema,
/// duplicate_table, serialization_failure.
bool is_made_by_another(std::string_view sqlstate) {
  return sqlstate == "23505" || sqlstate == "42710" || sqlstate == "42P06" || sqlstate == "42P07" ||
         sqlstate == "40001";
}

}  // namespace

Result<void> make_tables(Connection& target, const std::vector<std::string>& statements) {
  std::vector<std::string> all = {"CREATE SCHEMA IF NOT EXISTS pg2crdb"};
  all.insert(all.end(), statements.begin(), statements.end());
  for (const std::string& statement : all) {
    Result<void> made = target.execute(statement);
    if (!made && is_made_by_another(made.error().sqlstate)) made = target.execute(statement);
    if (!made) return made;
  }
  return {};
}

}  // namespace pg2crdb
