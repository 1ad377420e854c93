#pragma once
#include <string>
#include <vector>

#include "plan/load_plan.h"

namespace pg2crdb {

/// What the rows have and the table on the target has not.
std::vector<std::string> columns_left_out(const LoadPlan::Table& table);

/// Whether rows leave a column to its default: it may be numbered, and numbers are given in the rows' order.
bool draws_numbers(const LoadPlan::Table& table);

}  // namespace pg2crdb
