#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "runtime/shown_list.h"
#include "target/quote.h"

namespace pg2crdb {

Result<void> check_foreign_keys(const LoadPlan& plan, const LoadOptions& options, const Journal& journal,
                                Observer& observer) {
  std::map<ObjectName, bool> loaded;  // the plan's tables; true: rows are yet to come
  for (const LoadPlan::Table& table : plan.tables) {
    const bool has_rows =
        !options.source.empty() || std::any_of(table.data.begin(), table.data.end(),
                                               [](const LoadPlan::Data& data) { return data.rows > 0; });
    loaded[table.target()] = has_rows && journal.state(load_step(table.target())) != "done";
  }
  Result<Connection> target = Connection::open(options.target);
  if (!target) return target.error();
  const Result<Rows> rows = target->query(
      "SELECT n.nspname, c.relname, k.conname, m.nspname, r.relname FROM pg_catalog.pg_constraint k"
      " JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace"
      " JOIN pg_catalog.pg_class r ON r.oid = k.confrelid JOIN pg_catalog.pg_namespace m ON m.oid = "
      "r.relnamespace"
      " WHERE k.contype = 'f' ORDER BY 1, 2, 3");
  if (!rows) return rows.error();
  ShownList keys(", ");
  for (const std::vector<std::string>& row : rows->values) {
    const auto table = loaded.find({row[0], row[1]});
    if (table == loaded.end() || !table->second) continue;
    // What the plan does not load is there already, or never.
    const auto referenced = loaded.find({row[3], row[4]});
    if (referenced == loaded.end() || !referenced->second) continue;
    keys.add(fmt::format("{} on {}", quote_identifier(row[2]), quote_name(row[0], row[1])));
  }
  if (keys.empty()) return {};
  if (options.method == LoadMethod::import_into) {
    observer.log(fmt::format(
        "IMPORT INTO leaves these foreign keys not validated (`pg2crdb revalidate` validates them): {}",
        keys.text()));
    return {};
  }
  return Error{
      Error::Kind::usage,
      fmt::format(
          "foreign keys are there already, and would refuse rows that come before those they refer to: {}",
          keys.text()),
      {},
      "nothing was written. Drop them (ALTER TABLE ... DROP CONSTRAINT) and load, then make them again; or "
      "begin with empty tables: `pg2crdb apply --phase roles --phase pre-data`, load, `pg2crdb apply --phase "
      "post-data`"};
}

}  // namespace pg2crdb
