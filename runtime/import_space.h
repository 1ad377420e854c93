#pragma once
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// Says which of the `wanted` tables' import files may not fit into `folder`, where all files of a table lie
/// until its import has ended: by the size of its rows in the dump, or of the table in the live `source`. An
/// estimate, so that nothing is refused. What is free on the cluster it does not tell (`crdb-releases.md`
/// 13.4).
Result<void> name_lack_of_space(const LoadPlan& plan, const std::vector<bool>& wanted,
                                const std::string& source, const std::string& folder, Observer& observer);

}  // namespace pg2crdb
