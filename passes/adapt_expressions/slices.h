#pragma once
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// `a[2:n]` of an array whose type is known, and of bounds that may be computed twice: the elements from
/// there to there, which CockroachDB has no form for; its arrays begin with 1. NULL where the array or a
/// bound is,
/// `{}` where none of its elements is between them. Whether it was such a slice.
bool write_slice(ast::Expr& expr, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
