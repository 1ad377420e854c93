#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"

namespace pg2crdb {

/// What comes behind all else: constraints are validated, sequences set.
inline constexpr std::string_view last_phase = "revalidate";

/// Whether it is ALTER TABLE ... VALIDATE CONSTRAINT and no more: what revalidate() does, whoever asks.
bool is_validation(const LoadPlan::Statement& statement);

/// Whether a second run of it would do its work a second time: rows, or values of sequences, would change
/// again. So it is of what could not be parsed, and not of a value that the plan has for a sequence.
bool is_to_run_once(const LoadPlan& plan, const LoadPlan::Statement& statement);

/// Of the last phase, the statements to be run as they stand, by their numbers in the plan: all but
/// validations, where there is one among them that set_sequences() does not do; else none. Rules, decisions
/// and plugins can put any statement there, and it may lean on the value of a sequence.
std::vector<size_t> statements_of_last_phase(const LoadPlan& plan);

}  // namespace pg2crdb
