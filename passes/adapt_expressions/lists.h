#pragma once
#include <vector>

#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// `value op ANY (array)`, ALL, and arrays and elements joined by `||`: casts a value, or an array, that
/// PostgreSQL makes one of the other's type without a word and CockroachDB does not (22023). Whether any was.
bool write_list(ast::Operation& operation, bind::ExpressionTypes& types);

/// A value that a column of a query is compared with.
struct Tested {
  ast::Expr* value;
  ast::TypeName column;  ///< empty where its type is not known
};
/// Those of `value IN (SELECT ..)`, where it may be a row.
std::vector<Tested> tested_values(ast::Subquery& subquery, bind::ExpressionTypes& types);

/// The same of `value IN (SELECT ..)`, `op ANY`, `op ALL`, where the value may be a row. LIKE of citext is
/// ILIKE.
bool write_test(ast::Subquery& subquery, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
