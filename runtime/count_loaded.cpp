#include <fmt/format.h>

#include <string>

#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "runtime/shown_list.h"
#include "support/plurals.h"
#include "target/quote.h"

namespace pg2crdb {

Result<void> count_loaded(const std::vector<LoadedTable>& tables, const std::string& url) {
  Result<Connection> target = Connection::open(url);
  if (!target) return target.error();
  ShownList differences("; ");
  for (const LoadedTable& table : tables) {
    const std::string name = quote_name(table.table.schema, table.table.name);
    const Result<Rows> rows = target->query("SELECT count(*) FROM " + name);
    const bool made_later =
        !rows && table.rows == 0 && (rows.error().sqlstate == "42P01" || rows.error().sqlstate == "3F000");
    if (made_later) continue;
    if (!rows) {
      Error error = rows.error();
      error.message = fmt::format("the rows of {} cannot be counted: {}", name, error.message);
      return error;
    }
    if (const std::string& found = rows->values[0][0]; found != std::to_string(table.rows))
      differences.add(
          fmt::format("{} loaded into {}, and it holds {}", counted_were(table.rows, "row"), name, found));
  }
  if (differences.empty()) return {};
  return Error{
      Error::Kind::differs,
      differences.text(),
      {},
      "something else wrote to the target meanwhile, maybe another load: empty these tables, and load "
      "them again when it is quiet"};
}

}  // namespace pg2crdb
