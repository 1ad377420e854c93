#pragma once
#include <string>
#include <string_view>

#include "ast/statement.h"

namespace pg2crdb::ast {

/// The command's words for reports: "CREATE TABLE", "ALTER TABLE ADD CONSTRAINT", "COMMENT ON EXTENSION".
std::string statement_kind(const StatementNode& node);
/// The object it is about: "public.towns"; empty where there is none.
std::string statement_object(const StatementNode& node);
/// "TABLE", "MATERIALIZED VIEW" ...: SQL's words for the kind.
std::string_view keywords(ObjectKind kind);

}  // namespace pg2crdb::ast
