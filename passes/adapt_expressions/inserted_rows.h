#pragma once
#include <vector>

#include "ast/expr.h"
#include "bind/expression_types.h"

namespace pg2crdb::adapt {

/// Rows of an INSERT: PostgreSQL makes each value one of its column's type, CockroachDB wants those of a
/// column to be of one type before (42804). Casts those of a column that is not, to `columns`, in order;
/// where a type there is not known, they stay. Whether any was cast.
bool write_inserted(std::vector<std::vector<ast::Expr>>& rows, const std::vector<ast::TypeName>& columns,
                    bind::ExpressionTypes& types);

}  // namespace pg2crdb::adapt
