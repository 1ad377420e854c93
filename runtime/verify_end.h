#pragma once
#include <optional>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/compare_schema.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// Compares the schema and the sequences of a target, and logs each difference.
Result<SchemaDifferences> verify_schema(const LoadPlan& plan, const VerifyOptions& options,
                                        Observer& observer);

/// The last line of the log.
void tell_complete(const VerifyOptions& options, Observer& observer);

/// What to do about what the log names, by its kind.
std::string advice_for(const std::vector<VerifiedTable>& tables, const SchemaDifferences& schema);

/// What a comparison of all tables and of the schema ends with: an error (Kind::differs) where anything
/// differs. `advice` as advice_for() has it.
std::optional<Error> verdict(const std::vector<VerifiedTable>& tables, size_t schema_differences,
                             std::string advice);

}  // namespace pg2crdb
