#pragma once
#include <vector>

#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// What an expression makes a text of: the operand of a cast to text, those of `||`, the arguments of
/// concat(), of to_jsonb().
std::vector<ast::Expr*> written_values(ast::Expr& expr);

/// Whether values are compared, or looked for in a list or between others, one of which is a quotient, so
/// that the places in which PostgreSQL and CockroachDB differ may decide. A short number that is written is
/// equal to a quotient, less or greater, in both or in none.
bool compares_quotient(const ast::Operation& operation, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
