#pragma once
#include <span>

#include "diag/diagnostic.h"
#include "driver/compile.h"
#include "support/result.h"

namespace pg2crdb {

class ScriptReader;

/// What is reported of the statements of a workload beside what the passes do.
extern const std::span<const FindingKind> workload_rules;

/// Reads the statements of a workload behind a script, each as a session of its own that finds what the
/// script made. Fails where the workload cannot be read.
Result<void> add_workload(const std::string& path, ScriptReader& reader, CompiledInput& input);

/// Adds a finding for each statement of the input's workload that CockroachDB's grammar refuses or that the
/// passes wrote otherwise, and that they have no error for, and for names that the schema does not have.
void find_in_workload(const CompiledInput& input, const Choices& choices, Diagnostics& diagnostics);

/// Leaves the findings of the workload alone, each with how often its statement was called.
void keep_workload(Compiled& compiled);

/// `workload: 120 statements, called 34,000 times: 100 (97.1 % of the calls) run as they are, ...`.
std::string workload_line(const Compiled& compiled);

}  // namespace pg2crdb
