#pragma once
#include <set>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "runtime/journal.h"
#include "support/result.h"

namespace pg2crdb {

/// An error (Kind::usage) that names the tables, views, sequences and types which statements among `steps`
/// are about to make and the target has already, as the one or the other; but for IF NOT EXISTS, and where
/// the plan itself drops something. Changes nothing.
Result<void> check_nothing_is_in_the_way(const LoadPlan& plan, const std::set<Step>& steps,
                                         Connection& target);

}  // namespace pg2crdb
