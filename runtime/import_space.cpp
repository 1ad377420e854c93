#include "runtime/import_space.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>

#include "runtime/connection.h"
#include "runtime/shown_list.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr uint64_t kMegabyte = uint64_t{1} << 20;

/// The bytes of each table's rows.
Result<std::vector<uint64_t>> sizes(const LoadPlan& plan, const std::string& source) {
  std::vector<uint64_t> bytes(plan.tables.size());
  if (source.empty()) {
    for (size_t table = 0; table < plan.tables.size(); ++table) {
      for (const LoadPlan::Data& data : plan.tables[table].data) bytes[table] += data.end - data.begin;
    }
    return bytes;
  }
  Result<Connection> connection = Connection::open(source);
  if (!connection) return connection.error();
  if (connection->is_cockroachdb()) return bytes;
  const Result<Rows> rows = connection->query(
      "SELECT n.nspname, c.relname, pg_catalog.pg_table_size(c.oid) FROM pg_catalog.pg_class c JOIN "
      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'");
  if (!rows) return rows.error();
  std::map<ObjectName, uint64_t> there;
  for (const std::vector<std::string>& row : rows->values)
    there[{row[0], row[1]}] = std::strtoull(row[2].c_str(), nullptr, 10);
  for (size_t table = 0; table < plan.tables.size(); ++table)
    bytes[table] = there[plan.tables[table].source()];
  return bytes;
}

}  // namespace

Result<void> name_lack_of_space(const LoadPlan& plan, const std::vector<bool>& wanted,
                                const std::string& source, const std::string& folder, Observer& observer) {
  const Result<std::vector<uint64_t>> bytes = sizes(plan, source);
  if (!bytes) return bytes.error();
  std::error_code failure;
  const std::filesystem::space_info space = std::filesystem::space(folder, failure);
  if (failure) return {};
  ShownList larger(", ");
  for (size_t table = 0; table < plan.tables.size(); ++table) {
    if (!wanted[table] || (*bytes)[table] <= space.available) continue;
    larger.add(fmt::format("{} ({} MB)", quote_name(plan.tables[table].schema, plan.tables[table].name),
                           (*bytes)[table] / kMegabyte));
  }
  if (larger.empty()) return {};
  observer.problem(
      fmt::format("{} MB are free in {}, where all import files of a table lie until it is "
                  "imported, and these may not fit: {}. --compress gzip needs less, --method copy "
                  "none; --host-files names another place",
                  space.available / kMegabyte, folder, larger.text()));
  return {};
}

}  // namespace pg2crdb
