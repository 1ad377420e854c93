#pragma once
#include <string_view>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// Whether a table is there to be loaded: false where it is not, and `may_be_missing`. An error (Kind::usage)
/// where it holds rows, with that advice, or is missing.
Result<bool> check_is_empty(Connection& target, const LoadPlan::Table& table, bool may_be_missing,
                            std::string_view advice_of_rows);

}  // namespace pg2crdb
