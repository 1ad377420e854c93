#pragma once
#include <vector>

#include "ast/expr.h"

namespace pg2crdb::adapt {

/// What an expression makes a text of: the operand of a cast to text, those of `||`, the arguments of
/// concat(), of to_jsonb().
std::vector<ast::Expr*> written_values(ast::Expr& expr);

}  // namespace pg2crdb::adapt
