#pragma once
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

enum class Literals {
  as_before,
  rewritten,
  unclear,  ///< one may be stored as another text than it is written, and CockroachDB would compare texts
};

/// A literal that becomes a value of the type: money gets its cast, so that it is read as such when the type
/// is mapped; a range, whose text is what is left of it, a network, and true as a `name` are written as
/// PostgreSQL writes them.
Literals write_literal(ast::Expr& value, const ast::TypeName& type);
/// The same where the column says the type: money needs no cast.
Literals store_literal(ast::Expr& value, const ast::TypeName& type);
/// Whether they do anything to literals of the type.
bool may_write_literal(const ast::TypeName& type);

/// The same of all literals that stand beside such values in the expression, or under casts to such types.
Literals write_literals(ast::Expr& expr, bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
