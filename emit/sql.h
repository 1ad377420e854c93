#pragma once
#include <string>

#include "ast/script.h"

namespace pg2crdb {

/// PostgreSQL: what was read, printed back (for round trips and `pg2crdb ast`). CockroachDB: what is emitted.
enum class Dialect { postgresql, cockroachdb };

/// A statement as canonical SQL without final semicolon; byte-identical from run to run. CREATE TABLE spans
/// lines.
std::string to_sql(const ast::StatementNode& node, Dialect dialect);
/// CockroachDB's; empty where that reads the text that PostgreSQL prints for the statement alike, as far as
/// ranks of operators and words for types go.
std::string to_sql_if_different(const ast::StatementNode& node);
std::string to_sql(const ast::Expr& expr, Dialect dialect);
std::string to_sql(const ast::Query& query, Dialect dialect);
std::string to_sql(const ast::TypeName& type, Dialect dialect);

}  // namespace pg2crdb
