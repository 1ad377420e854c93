#pragma once
#include <string>
#include <vector>

#include "ast/catalog.h"
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// `rpad(c, n)` for a character(n) where PostgreSQL looks at the blanks that it is filled up with: in
/// patterns, and in texts that are made by its output. CockroachDB computes with values without them. Whether
/// any was written.
bool write_padding(ast::Expr& expr, bind::ExpressionTypes& types);

/// The same of a value that RAISE writes.
bool pad_written(ast::Expr& value, bind::ExpressionTypes& types);

/// What an expression writes as JSON or as a text with the blanks of what is in it.
std::vector<ast::Expr*> written_with_blanks(ast::Expr& expr, bind::ExpressionTypes& types);
/// A character(n) in such a value that nothing is filled up of, since it stands in a row or an array, or
/// comes from several queries: `to_jsonb(t)`, `codes::text`; empty where there is none.
std::string unpadded(ast::Expr& written, bind::ExpressionTypes& types, const ast::Catalog& catalog);

}  // namespace pg2crdb::adapt
