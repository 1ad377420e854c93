#pragma once
#include "ast/statement.h"

namespace pg2crdb::ast {

/// The same tree, wherever it stood: offsets do not count.
bool equal(const StatementNode& a, const StatementNode& b);
bool equal(const Expr& a, const Expr& b);
bool equal(const TypeName& a, const TypeName& b);

}  // namespace pg2crdb::ast
