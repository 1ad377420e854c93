#pragma once
#include "ast/script.h"
#include "emit/emitted.h"
#include "plan/load_plan.h"
#include "support/source_file.h"
#include "target/target.h"

namespace pg2crdb {

/// The load plan of a script after the passes: every table with its columns, rows and conversions, every
/// statement that is live in `emitted` with its place in the dump, every sequence with its value.
LoadPlan make_load_plan(const ast::Script& script, const EmittedScript& emitted, const Target& target,
                        const SourceFile& file, const LoadPlan::Input& input);

}  // namespace pg2crdb
