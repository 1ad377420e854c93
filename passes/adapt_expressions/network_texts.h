#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// Writes the text of an address or a network as `text(i)`, which has its mask: `10.0.0.1/32`, as a cast and
/// `||` write it in PostgreSQL, and functions that make texts or JSON of a network. CockroachDB's have none
/// of a single host. Whether anything was written.
bool write_network_texts(ast::Expr& expr, bind::ExpressionTypes& types);
/// The same of one that becomes a text where it is assigned.
bool write_assigned_network(ast::Expr& value, const ast::TypeName& to, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
