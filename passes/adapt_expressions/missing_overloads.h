#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"
#include "target/target.h"

namespace pg2crdb::adapt {

/// Whether CockroachDB has a function of the name, with parameters of other types or another number of them.
/// Emit forms 8.
bool overload_missing(const ast::FunctionCall& call, const Target& target, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
