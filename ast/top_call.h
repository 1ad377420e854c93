#pragma once
#include "ast/statement.h"

namespace pg2crdb::ast {

/// The call that is all of a query: `SELECT f(..)`, also of something that a FROM clause gives, or
/// `SELECT * FROM f(..)`. Null for every other statement.
const FunctionCall* top_call(const StatementNode& node);

}  // namespace pg2crdb::ast
