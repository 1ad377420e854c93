#pragma once
#include <string>

#include "ast/query.h"

namespace pg2crdb::bind {

/// What a query calls the column that a target shows.
std::string shown_name(const ast::SelectItem& item);

/// What PostgreSQL calls an index's column that is an expression.
std::string index_column_name(const ast::Expr& expr);

}  // namespace pg2crdb::bind
