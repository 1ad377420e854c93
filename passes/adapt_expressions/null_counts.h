#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// num_nonnulls(a, b) of values of several types: (CASE WHEN a IS NULL THEN 0 ELSE 1 END) + ...
/// where a release takes values of one type alone. Whether it is such a call.
bool write_null_count(ast::Expr& expr, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
