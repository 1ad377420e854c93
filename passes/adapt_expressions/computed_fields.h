#pragma once
#include "ast/catalog.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// `t.f` where t has no column f and the script has a function f of its rows is `f(t.*)`, which CockroachDB
/// has no other form for. Whether it was such a field.
bool write_computed_field(ast::Expr& expr, bind::ExpressionTypes& types, const ast::Catalog& catalog);

}  // namespace pg2crdb::adapt
