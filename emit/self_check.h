#pragma once
#include <functional>
#include <string>
#include <vector>

#include "ast/script.h"
#include "support/source_file.h"
#include "target/target.h"

namespace pg2crdb {

/// A statement that the target would not parse.
struct Refusal {
  ast::StatementId statement = ast::no_statement;
  std::string sql;    ///< what would have been emitted
  size_t offset = 0;  ///< bytes into it
  std::string message;
};

/// Reads every statement that is emitted, in each phase, with CockroachDB's grammar; those that need a person
/// are comments and are not read, and nothing is said about those that are nested too deeply. Throws
/// InternalError for the first that the target would not parse: it names the statement's place in the dump,
/// the passes that touched it, and the statement. Where a person's own rules and passes had a hand in it
/// (`is_foreign`), it is their mistake, not ours: those are returned.
std::vector<Refusal> self_check(const ast::Script& script, const Target& target, const SourceFile& file,
                                const std::function<bool(const ast::Statement&)>& is_foreign = {});

}  // namespace pg2crdb
