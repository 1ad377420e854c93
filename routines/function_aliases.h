#pragma once
#include "ast/plpgsql.h"

namespace pg2crdb::routines {

/// `SELECT f.a FROM f(x)`: CockroachDB knows the columns by an alias only, so each function of one that are
/// named so gets its own name as one. Whether any did. #150532
bool write_function_aliases(ast::StatementNode& statement);
bool write_function_aliases(ast::plpgsql::Body& body);

}  // namespace pg2crdb::routines
