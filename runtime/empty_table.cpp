#include "runtime/empty_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "target/quote.h"

namespace pg2crdb {
namespace {

/// Else the dump holds its rows alone.
bool made_by_plan(const LoadPlan::Table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const LoadPlan::Column& column) { return !column.target_type.empty(); });
}

}  // namespace

Result<bool> check_is_empty(Connection& target, const LoadPlan::Table& table, bool may_be_missing,
                            std::string_view advice_of_rows) {
  const std::string name = quote_name(table.schema, table.name);
  const Result<Rows> row = target.query("SELECT 1 FROM " + name + " LIMIT 1");
  if (row && row->size() == 0) return true;
  if (row)
    return Error{
        Error::Kind::usage, fmt::format("{} holds rows already", name), {}, std::string(advice_of_rows)};
  Error error = row.error();
  const bool missing = error.sqlstate == "42P01" || error.sqlstate == "3F000";
  if (missing && may_be_missing) return false;
  error.message =
      fmt::format("{}: {}{}{}", name, error.sqlstate, error.sqlstate.empty() ? "" : ": ", error.message);
  if (!missing) return error;
  error.kind = Error::Kind::usage;
  error.advice =
      made_by_plan(table)
          ? "create the tables first, without what comes behind the rows: `pg2crdb apply DIR --phase roles "
            "--phase pre-data`"
          : fmt::format(
                "the dump has its rows and does not make it, as with tables of extensions: create "
                "it, or leave its rows out with --exclude {}, in a new run on an empty target",
                name);
  return error;
}

}  // namespace pg2crdb
