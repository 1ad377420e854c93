#include <algorithm>
#include <cstdlib>

#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

ExpectedRows limited(ExpectedRows expected, uint64_t limit) {
  if (limit == 0 || expected.rows <= limit) return expected;
  return {limit, expected.bytes / expected.rows * limit};
}

}  // namespace

std::map<std::string, ExpectedRows> expected_rows(const LoadPlan& plan, const std::string& source,
                                                  uint64_t row_limit) {
  std::map<std::string, ExpectedRows> expected;
  if (source.empty()) {
    for (const LoadPlan::Table& table : plan.tables) {
      ExpectedRows rows;
      for (const LoadPlan::Data& data : table.data) {
        rows.rows += data.rows;
        rows.bytes += data.end - data.begin;
      }
      expected[quote_name(table.schema, table.name)] = limited(rows, row_limit);
    }
    return expected;
  }
  Result<Connection> connection = Connection::open(source);
  if (!connection) return {};  // whoever reads the rows says why
  const Result<Rows> found = connection->query(
      "SELECT n.nspname, c.relname, c.reltuples::bigint, pg_catalog.pg_relation_size(c.oid) FROM "
      "pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
      "AND "
      "c.reltuples > 0");
  if (!found) return {};
  for (const std::vector<std::string>& row : found->values) {
    const auto table = std::find_if(plan.tables.begin(), plan.tables.end(), [&](const LoadPlan::Table& one) {
      return one.source() == ObjectName{row[0], row[1]};
    });
    if (table == plan.tables.end()) continue;
    expected[quote_name(table->schema, table->name)] = limited(
        {std::strtoull(row[2].c_str(), nullptr, 10), std::strtoull(row[3].c_str(), nullptr, 10)}, row_limit);
  }
  return expected;
}

}  // namespace pg2crdb
