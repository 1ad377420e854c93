#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// What was done to an expression with citext in it.
enum class Citext {
  as_before,
  rewritten,
  unclear,  ///< looks for what is not known here, whatever its case, or is compared in a form that is not
            ///< there
};

/// Writes operators and functions of citext, which CockroachDB has none of but comparisons with citext and
/// with what is written (22023, #149791): of its text, and where the extension's are blind to case, so that
/// they are it again.
Citext write_citext(ast::Expr& expr, bind::ExpressionTypes& types);

/// Whether a pattern's operator is one of citext: of what is citext, or written, on its left.
bool ignores_case(const ast::Operation& operation, bind::ExpressionTypes& types);

/// Casts the operands of LIKE that are citext; whether any was.
bool citext_to_text(ast::Operation& operation, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
