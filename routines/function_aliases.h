#pragma once
#include "ast/catalog.h"
#include "ast/plpgsql.h"

namespace pg2crdb::routines {

/// `SELECT f.a FROM f(x)`: CockroachDB knows the columns by an alias only, so each function whose columns are
/// named so gets its own name as one (#150532). The alias of a function with one column renames that column
/// there, so that it is written behind it (#173710). Whether any was written.
bool write_function_aliases(ast::StatementNode& statement, const ast::Catalog& catalog);
bool write_function_aliases(ast::plpgsql::Body& body, const ast::Catalog& catalog);

}  // namespace pg2crdb::routines
