#include "runtime/made_tables.h"

#include <fmt/format.h>

#include <random>
#include <string_view>

#include "target/quote.h"

namespace pg2crdb {
namespace {

/// unique_violation (of PostgreSQL's catalog), duplicate_object (a table's type there), duplicate_schema,
/// duplicate_table, serialization_failure.
bool is_made_by_another(std::string_view sqlstate) {
  return sqlstate == "23505" || sqlstate == "42710" || sqlstate == "42P06" || sqlstate == "42P07" ||
         sqlstate == "40001";
}

}  // namespace

std::string new_run() {
  std::random_device device;
  std::string run;
  for (int i = 0; i < 4; ++i) run += fmt::format("{:08x}", device() & 0xffffffffU);
  return run;
}

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

Result<void> remove_run(Connection& target, const std::string& table, const std::string& run) {
  const std::string name = "pg2crdb." + table;
  const Result<void> deleted =
      target.execute(fmt::format("DELETE FROM {} WHERE run = {}", name, quote_literal(run)));
  // Another run that had nothing left took all of it away.
  if (!deleted && deleted.error().sqlstate == "42P01") return {};
  if (!deleted) return deleted;
  const Result<Rows> others = target.query(fmt::format("SELECT 1 FROM {} LIMIT 1", name));
  if (!others) return others.error();
  if (others->size() > 0) return {};
  if (Result<void> dropped = target.execute("DROP TABLE " + name); !dropped) return dropped;
  const Result<void> dropped = target.execute("DROP SCHEMA pg2crdb");
  const bool holds_more = !dropped && dropped.error().sqlstate == "2BP01";
  return holds_more ? Result<void>() : dropped;
}

}  // namespace pg2crdb
