#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// What was done to an expression with citext in it.
enum class Citext {
  as_before,
  rewritten,
  unclear,  ///< the extension's function looks for what is not known here, whatever its case
};

/// Writes operators and functions of citext, which CockroachDB has none of but comparisons with citext and
/// with what is written (22023, #149791): of its text, and where the extension's are blind to case, so that
/// they are it again.
Citext write_citext(ast::Expr& expr, bind::ExpressionTypes& types);

/// Casts the operands of LIKE that are citext; whether any was, so that it is ILIKE.
bool citext_to_text(ast::Operation& operation, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
