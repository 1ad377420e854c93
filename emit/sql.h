#pragma once
#include <string>

#include "ast/script.h"

namespace pg2crdb {

/// PostgreSQL: what was read, printed back (for round trips and `pg2crdb ast`). CockroachDB: what is emitted.
enum class Dialect { postgresql, cockroachdb };

/// A statement as canonical SQL without final semicolon; byte-identical from run to run. CREATE TABLE spans
/// lines.
std::string to_sql(const ast::StatementNode& node, Dialect dialect);
std::string to_sql(const ast::Expr& expr, Dialect dialect);
std::string to_sql(const ast::Query& query, Dialect dialect);
std::string to_sql(const ast::TypeName& type, Dialect dialect);

}  // namespace pg2crdb
