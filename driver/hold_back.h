#pragma once
#include <functional>
#include <optional>

#include "diag/diagnostic.h"
#include "driver/compile.h"
#include "passes/pipeline.h"

/// What nobody can stand behind costs one statement, never the file.
namespace pg2crdb {

/// The script as it was read; nothing where the input is no longer what it was. Asked after a failure only.
using ReadAgain = std::function<std::optional<ast::Script>()>;

/// Runs the passes over the input's script. Where a pass ends with an exception, nothing that it or a later
/// pass makes of the script can be trusted: the statement that it cannot do is looked for by running the
/// passes over ever shorter beginnings of the script as it was read, and is held back from the start, as if
/// it had not been parsed; then all passes run again over the rest, and what they found before is taken out
/// of `diagnostics`. Rethrows where no statement is to blame, or where there are too many; and for a tree
/// from outside, whose author is told. Where `read_again` is empty, a copy of the script is kept from the
/// start.
void run_passes(CompiledInput& input, const Choices& choices, const PipelineOptions& options,
                bool tree_from_outside, const ReadAgain& read_again, Diagnostics& diagnostics);

/// Makes the input's output. What is refused there is a finding, and stands in the output as a comment:
/// `not-cockroachdb` where a person's own rule, pass or tree had a hand in it or the statement is kept word
/// for word, `capabilities-contradicted` where answers of the cluster may be to blame, `internal-error` where
/// the mistake is ours.
void make_checked_output(CompiledInput& input, const Choices& choices, const OutputOptions& options,
                         bool tree_from_outside, Diagnostics& diagnostics);

}  // namespace pg2crdb
