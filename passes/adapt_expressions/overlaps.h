#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

enum class Overlaps {
  as_before,
  rewritten,
  unclear,  ///< a start that is computed would be written twice
};

/// CockroachDB has OVERLAPS for two spans of one type, both with their ends or both with their lengths.
/// Writes the casts that PostgreSQL makes without a word, and the end of the only one that has a length.
Overlaps write_overlaps(ast::FunctionCall& call, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
