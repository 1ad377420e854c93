#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"
#include "target/target.h"

namespace pg2crdb::adapt {

/// Whether CockroachDB has a function of the name, with parameters of other types or another number of them.
/// Emit forms 8.
bool overload_missing(const ast::FunctionCall& call, const Target& target, bind::ExpressionTypes& types);

/// The same of an operator between two: those of tsvector and tsquery are compared for equality and by @@
/// alone, and bytes have no LIKE.
bool operator_missing(const ast::Operation& operation, bind::ExpressionTypes& types);

/// `text @@ query` is to_tsvector(text) @@ query. Whether it was one.
bool write_text_match(ast::Operation& operation, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
