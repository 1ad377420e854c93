#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "emit/emitted.h"
#include "emit/phases.h"
#include "grammar/cockroachdb.h"

namespace pg2crdb {

/// A statement that must not go out as it is.
struct Refusal {
  ast::StatementId statement = ast::no_statement;
  std::string sql;    ///< what would have been emitted
  size_t offset = 0;  ///< bytes into it
  std::string message;
};

/// Reads every live statement with CockroachDB's grammar, bodies of routines and DO blocks too, and gives
/// those that the target would not parse. Those that are held back are comments and are not read, and nothing
/// is said about those that are nested too deeply.
std::vector<Refusal> self_check(const EmittedScript& emitted, CockroachGrammar& grammar);

/// Cuts a whole file again, as the target will, and compares: it has to be exactly the live statements, each
/// of them one, in their order, and nothing besides. Nothing is the answer where that is so, else the first
/// live statement to blame. Throws InternalError where it is none of them, but a comment that ends too early.
std::optional<Refusal> check_output(const OutputFile& file, CockroachGrammar& grammar);

}  // namespace pg2crdb
