#pragma once
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// The statements of `input` that need a person, and that no acknowledged finding covers: one within the
/// statement, or within all of what it waits for. In their order.
std::vector<ast::StatementId> unacknowledged_statements(const CompiledInput& input,
                                                        const JudgedFindings& findings);

/// What nobody would otherwise be told: where no finding makes the run fail and statements that need a person
/// do, a line for each of them, with its place and how it is acknowledged. Empty in all other cases.
std::string unacknowledged_lines(const Compiled& compiled);

}  // namespace pg2crdb
