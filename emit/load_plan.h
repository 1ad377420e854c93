#pragma once
#include <vector>

#include "ast/script.h"
#include "plan/load_plan.h"
#include "support/source_file.h"
#include "target/target.h"

namespace pg2crdb {

/// The live statements of a phase in the order in which CockroachDB takes them: dependencies first, dump
/// order within a kind. COPY headers are not among them, the load plan carries them. Statements that need a
/// person are: they are emitted as comments.
std::vector<const ast::Statement*> statements_of(const ast::Script& script, ast::Phase phase);

/// The load plan of a script after the passes: every table with its columns, rows and conversions, every
/// statement with its place in the dump, every sequence with its value.
LoadPlan make_load_plan(const ast::Script& script, const Target& target, const SourceFile& file,
                        const LoadPlan::Input& input);

struct EmitOptions {
  bool annotate = false;  ///< each statement is preceded by `-- from dump.sql:120 [pass, pass]`
};

/// One statement as it stands in the output, with its semicolon and line end; a statement that needs a person
/// as a comment that says why.
std::string emit_statement(const ast::Statement& statement, const SourceFile& file,
                           const EmitOptions& options);

/// A phase as an SQL file: a header comment, then the statements, a blank line between them.
std::string emit_phase(const ast::Script& script, ast::Phase phase, const SourceFile& file,
                       const EmitOptions& options);

}  // namespace pg2crdb
