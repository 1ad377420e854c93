#pragma once
#include "driver/options.h"
#include "plan/load_plan.h"
#include "support/result.h"

namespace pg2crdb {

/// Takes out of the plan the tables that --include and --exclude leave out. A pattern is a shell's (`*`,
/// `?`), of SCHEMA.TABLE or, without a dot, of a table in any schema, by its name on the target or in the
/// source. One that no table has is a usage error: a misspelt name would leave rows behind.
Result<void> choose_tables(LoadPlan& plan, const Options& options);

}  // namespace pg2crdb
