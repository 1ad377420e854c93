#pragma once
#include <vector>

#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// What an expression makes a text of: the operand of a cast to text, those of `||`, the arguments of
/// concat().
std::vector<ast::Expr*> written_values(ast::Expr& expr);

/// Whether it is a quotient of exact numbers, an average or a root of them, or made of one, so that
/// PostgreSQL and CockroachDB give it other numbers of places: 3.3333333333333333 and 3.3333333333333333333.
bool is_quotient(const ast::Expr& expr, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
