#pragma once
#include <string>
#include <vector>

#include "ast/name.h"
#include "ast/query.h"

namespace pg2crdb::bind {

/// The columns that a table or view of pg_catalog or information_schema shows; none of other relations.
std::vector<std::string> columns_of_catalog(const ast::Name& relation);

/// Columns that a function in FROM is known to show, whatever else it does: what the statement or PostgreSQL
/// calls them.
std::vector<std::string> columns_named_by(const ast::FunctionRef& function);

}  // namespace pg2crdb::bind
