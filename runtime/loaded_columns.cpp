#include "runtime/loaded_columns.h"

#include <fmt/format.h>

#include <algorithm>

#include "target/quote.h"

namespace pg2crdb {

Result<void> check_columns(const LoadPlan& plan) {
  for (const LoadPlan::Table& table : plan.tables) {
    for (const LoadPlan::Data& data : table.data) {
      for (const std::string& name : data.columns) {
        const bool known =
            name.empty() || std::any_of(table.columns.begin(), table.columns.end(),
                                        [&](const LoadPlan::Column& one) { return one.source_name == name; });
        if (known) continue;
        return Error{
            Error::Kind::usage,
            fmt::format("the rows in line {} have values for the column {}, which the table {} does "
                        "not have",
                        data.first_line, quote_identifier(name), quote_name(table.schema, table.name)),
            {},
            "correct the column's name, or give the table the column, and compile again"};
      }
    }
  }
  return {};
}

bool draws_numbers(const LoadPlan::Table& table) {
  return std::any_of(table.data.begin(), table.data.end(), [&](const LoadPlan::Data& data) {
    return std::any_of(table.columns.begin(), table.columns.end(), [&](const LoadPlan::Column& column) {
      return !column.generated &&
             std::find(data.columns.begin(), data.columns.end(), column.source_name) == data.columns.end();
    });
  });
}

}  // namespace pg2crdb
