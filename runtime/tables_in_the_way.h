#pragma once
#include <set>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "runtime/journal.h"
#include "support/result.h"

namespace pg2crdb {

/// An error (Kind::usage) that names the tables which statements among `steps` are about to make and the
/// target has already, other than by IF NOT EXISTS or behind a DROP of the plan's own. Changes nothing.
Result<void> check_no_table_is_in_the_way(const LoadPlan& plan, const std::set<Step>& steps,
                                          Connection& target);

}  // namespace pg2crdb
