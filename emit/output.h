#pragma once
#include <functional>
#include <span>
#include <vector>

#include "ast/script.h"
#include "emit/emitted.h"
#include "emit/phases.h"
#include "emit/self_check.h"
#include "support/source_file.h"
#include "target/target.h"

namespace pg2crdb {

/// What a script becomes, checked: ready to be written.
struct Output {
  EmittedScript statements;
  std::vector<OutputFile> phases;  ///< where the script's order is kept, a file for each that was read
};

struct OutputOptions {
  EmitOptions emit = {};
  bool in_order = false;                                ///< the script's order is kept
  std::span<const ast::MigrationFile> migrations = {};  ///< with marks, which the output has again
  bool read_with_grammar = true;  ///< off where passes were left out, and PostgreSQL's forms stay as asked
};

/// Prints the script, reads it again, and holds back what nobody can stand behind: what the emitter cannot
/// print, what the target would not parse, what is not exactly one statement where it stands in its file. For
/// each of those `hold_back` is called, which has to give the statement the fate needs_person and a reason,
/// and to say so. Throws InternalError where no statement can be blamed: then nothing must be written.
Output make_output(const ast::Script& script, const Target& target, const SourceFile& file,
                   const OutputOptions& options, const std::function<void(const Refusal&)>& hold_back);

}  // namespace pg2crdb
