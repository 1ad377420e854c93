#include "runtime/loaded_columns.h"

#include <algorithm>

namespace pg2crdb {

std::vector<std::string> columns_left_out(const LoadPlan::Table& table) {
  std::vector<std::string> left_out;
  for (const LoadPlan::Data& data : table.data) {
    for (const std::string& name : data.columns) {
      if (name.empty()) continue;  // the script drops the column again
      const bool known =
          std::any_of(table.columns.begin(), table.columns.end(),
                      [&](const LoadPlan::Column& column) { return column.source_name == name; });
      if (!known && std::find(left_out.begin(), left_out.end(), name) == left_out.end())
        left_out.push_back(name);
    }
  }
  return left_out;
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
