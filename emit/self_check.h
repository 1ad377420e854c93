#pragma once
#include "ast/script.h"
#include "support/source_file.h"
#include "target/target.h"

namespace pg2crdb {

/// Reads every statement that is emitted, in each phase, with CockroachDB's grammar; those that need a person
/// are comments and are not read, and nothing is said about those that are nested too deeply. Throws
/// InternalError for the first that the target would not parse: it names the statement's place in the dump,
/// the passes that touched it, and the statement.
void self_check(const ast::Script& script, const Target& target, const SourceFile& file);

}  // namespace pg2crdb
