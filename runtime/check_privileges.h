#pragma once
#include <set>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "runtime/journal.h"
#include "support/result.h"

namespace pg2crdb {

/// An error (Kind::usage) that names what the target's user may not do of `steps`, those that the journal
/// calls done left out: CREATE in the database and in schemas that are there, new roles, INSERT and SELECT on
/// tables that are there. What the server does not tell is taken to be granted: the statement itself will say
/// it.
Result<void> check_privileges(const LoadPlan& plan, const std::set<Step>& steps, const Journal& journal,
                              Connection& target);

}  // namespace pg2crdb
