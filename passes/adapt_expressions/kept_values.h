#pragma once
#include "ast/catalog.h"
#include "ast/expr.h"
#include "bind/expression_types.h"
#include "target/target.h"

namespace pg2crdb::adapt {

/// What was done to an expression that gives the values that it is given.
enum class Kept {
  as_before,
  rewritten,
  missing,  ///< CockroachDB has none for the type of the values
};

/// Functions of any type are of those types in CockroachDB that each has an overload for: those of windows of
/// no enum, citext, array or row, array_agg and what makes arrays longer of no citext, max and min of no
/// array. Writes them of texts, and what they give as the type that PostgreSQL gives.
Kept write_kept_values(ast::Expr& expr, bind::ExpressionTypes& types, const ast::Catalog& catalog,
                       const Target& target);

/// Keys of objects that are gathered are texts in CockroachDB. Whether one was made one.
bool write_object_key(ast::FunctionCall& call, bind::ExpressionTypes& types, const ast::Catalog& catalog);

}  // namespace pg2crdb::adapt
