#pragma once
#include <map>
#include <string>

#include "plan/load_plan.h"
#include "rows/canonical.h"

namespace pg2crdb {

/// The composite types that the plan's statements make, by their names as SQL has them there: what their
/// values mean, whose text alone does not say which of them is a time or a number.
std::map<std::string, CanonicalType> composite_types(const LoadPlan& plan);

}  // namespace pg2crdb
