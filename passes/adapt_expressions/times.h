#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// Gives functions and operators of times the types that PostgreSQL casts their operands to without a word,
/// and CockroachDB does not: age() and generate_series() of dates, `timestamp - date`, to_timestamp() of an
/// exact number. Whether anything was written.
bool write_times(ast::Expr& expr, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
