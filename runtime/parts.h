#pragma once
#include <cstdint>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "runtime/leases.h"
#include "support/result.h"

namespace pg2crdb {

/// Cuts the rows of the plan's inputs into parts of about `part_bytes`, whole rows each. A block that only
/// its reader can cut (INSERTs, CSV) stays whole, and so does a table whose rows draw numbers, and so keep
/// their order. Blocks that are cut are read once. The end of the load is the last part.
Result<std::vector<Part>> cut_dump(const LoadPlan& plan, uint64_t part_bytes);

/// The ranges of pages that a live source's tables are read by.
Result<std::vector<Part>> cut_source(const LoadPlan& plan, Connection& source);

/// The plan of one part of a dump: a table with the part's rows alone.
LoadPlan plan_of_part(const LoadPlan& plan, size_t table, const Part& part);

}  // namespace pg2crdb
