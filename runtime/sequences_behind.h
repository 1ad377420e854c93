#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/connection.h"

namespace pg2crdb {

/// A sequence that stands before the largest value of a column that draws from it: the next row would get a
/// number that is there already.
struct SequenceBehind {
  std::string sequence;  ///< all names as SQL has them
  std::string column;
  std::string table;
  int64_t last = 0;     ///< where the sequence stands
  int64_t highest = 0;  ///< of the column
};

struct SequencesBehind {
  std::vector<SequenceBehind> sequences;
  std::vector<std::string> noted;  ///< which could not be looked at, and why
};

/// Those of the plan's tables, as the target has them. Fails where the target cannot be asked.
Result<SequencesBehind> sequences_behind(const LoadPlan& plan, Connection& target);

}  // namespace pg2crdb
