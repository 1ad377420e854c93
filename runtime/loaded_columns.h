#pragma once
#include "plan/load_plan.h"
#include "support/result.h"

namespace pg2crdb {

/// An error where rows have values for a column that their table on the target has not: they would be lost.
/// What the compiler left out has no name in the plan.
Result<void> check_columns(const LoadPlan& plan);

/// Whether rows leave a column to its default: it may be numbered, and numbers are given in the rows' order.
bool draws_numbers(const LoadPlan::Table& table);

}  // namespace pg2crdb
