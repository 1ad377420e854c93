#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// What concat(), concat_ws(), format() and array_to_string() of ARRAY[..] or array_agg() write of a boolean
/// is `t` and `f` in PostgreSQL, and in CockroachDB a whole word, or the argument is refused. True where it
/// was written so.
bool write_booleans(ast::FunctionCall& call, bind::ExpressionTypes& types);

/// Whether it is array_to_string() of an array of booleans, which is not written so.
bool joins_booleans(const ast::FunctionCall& call, bind::ExpressionTypes& types);

/// The same of one value that is written, as RAISE does.
bool write_boolean(ast::Expr& value, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
