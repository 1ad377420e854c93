#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"
#include "passes/adapt_expressions/arithmetic.h"

// What EXTRACT gives, and what is computed of it: an exact number in PostgreSQL, a float in CockroachDB.

namespace pg2crdb::adapt {

/// Rounds it as an exact number, away from zero: floats are rounded to even.
Computed write_rounding(ast::Expr& expr, bind::ExpressionTypes& types);

/// Makes a text of it as PostgreSQL writes it: with the places of an exact number, 5.000000.
Computed write_texts(ast::Expr& expr, bind::ExpressionTypes& types);

/// Whether it is one in PostgreSQL and a float in CockroachDB.
bool is_exact_there(ast::Expr& expr, bind::ExpressionTypes& types);
void make_exact(ast::Expr& expr, bind::ExpressionTypes& types);

/// Both, of what becomes the value of a variable, a column or a parameter of that type.
Computed write_assigned(ast::Expr& expr, const ast::TypeName& to, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
