#pragma once
#include <string>

#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// `rpad(c, n)` for a character(n) where PostgreSQL looks at the blanks that it is filled up with: in
/// patterns, and in texts that are made by its output. CockroachDB computes with values without them. Whether
/// any was written.
bool write_padding(ast::Expr& expr, bind::ExpressionTypes& types);

/// A character(n) of a table whose whole row becomes JSON or a text: `to_jsonb(t)`; else empty.
std::string padded_in_row(const ast::Expr& expr, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
