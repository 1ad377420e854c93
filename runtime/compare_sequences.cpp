#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "runtime/compare_schema.h"
#include "runtime/sequences_behind.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::optional<int64_t> planned_value(const LoadPlan& plan, const std::string& sequence) {
  const auto found =
      std::find_if(plan.sequences.begin(), plan.sequences.end(),
                   [&](const LoadPlan::Sequence& one) { return one.has_value && is_called(one, sequence); });
  return found == plan.sequences.end() ? std::nullopt : std::optional(found->value);
}

}  // namespace

Result<SequenceDifferences> compare_sequences(const LoadPlan& plan, Connection& target) {
  const Result<SequenceUses> found = sequence_uses(plan, target);
  if (!found) return found.error();
  SequenceDifferences differences;
  differences.noted = found->noted;
  for (const SequenceUse& one : found->uses) {
    if (!one.is_behind()) continue;
    const std::string what = fmt::format("{}: the sequence stands at {}, and {} of {} holds {}", one.sequence,
                                         one.last, one.column, one.table, one.furthest);
    if (planned_value(plan, one.sequence) == one.last) {
      differences.noted.push_back(what + ": so it was in the source");
    } else {
      differences.differing.push_back(what);
    }
  }
  return differences;
}

}  // namespace pg2crdb
