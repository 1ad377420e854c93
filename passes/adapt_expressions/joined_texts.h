#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// Casts what concat() and concat_ws() join to text: PostgreSQL takes values of any type, CockroachDB strings
/// alone before 24.3 (concat, #127098) and 25.2 (concat_ws, #140643). Where it takes them, the cast is what
/// it does itself. True where one was written.
bool write_joined_texts(ast::FunctionCall& call, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
