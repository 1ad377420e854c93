#pragma once
#include <vector>

#include "ast/catalog.h"
#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

enum class Literals {
  as_before,
  rewritten,
  unclear,  ///< one may be stored as another text than it is written, and CockroachDB would compare texts
};

/// A literal that becomes a value of the type: money gets its cast, so that it is read as such when the type
/// is mapped; what becomes a text, of which that is all that is left, a network, and true as a `name` are
/// written as PostgreSQL prints them, in arrays and rows, too.
Literals write_literal(ast::Expr& value, const ast::TypeName& type, const ast::Catalog& catalog);
/// The same where the column says the type: money needs no cast.
Literals store_literal(ast::Expr& value, const ast::TypeName& type, const ast::Catalog& catalog);
/// Whether they do anything to literals of the type.
bool may_write_literal(const ast::TypeName& type, const ast::Catalog& catalog);

/// Values in an expression that PostgreSQL brings to one type.
using Group = std::vector<ast::Expr*>;
/// What is compared or added, place by place of rows, what an array has, and what COALESCE, CASE, GREATEST
/// and LEAST choose from.
std::vector<Group> groups_of(ast::Expr& expr);

/// The same of all literals that stand beside such values in the expression, of which `groups` are the
/// groups, or under casts to such types.
Literals write_literals(ast::Expr& expr, const std::vector<Group>& groups, bind::ExpressionTypes& types,
                        const ast::Catalog& catalog);
/// The same of one group. `are_keys`: what stands beside an hstore is a key of it.
Literals write_group(const Group& group, bind::ExpressionTypes& types, const ast::Catalog& catalog,
                     bool are_keys = false);

}  // namespace pg2crdb::adapt
