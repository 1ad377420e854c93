#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb::ast {

/// The command's words for reports: "CREATE TABLE", "ALTER TABLE ADD CONSTRAINT", "COMMENT ON EXTENSION".
std::string statement_kind(const StatementNode& node);
/// The object it is about: "public.towns"; empty where there is none.
std::string statement_object(const StatementNode& node);
/// "TABLE", "MATERIALIZED VIEW" ...: SQL's words for the kind.
std::string_view keywords(ObjectKind kind);

/// Of INSERT, UPDATE, DELETE and MERGE: the table whose rows are changed; null for all other statements.
const TableRef* changed_table(const StatementNode& node);
/// The same, with those that are changed in its WITH.
std::vector<const TableRef*> changed_tables(const StatementNode& node);

}  // namespace pg2crdb::ast
