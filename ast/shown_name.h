#pragma once
#include <string>
#include <string_view>

#include "ast/query.h"

namespace pg2crdb::ast {

/// What a query calls the column that a target of no name shows.
constexpr std::string_view no_shown_name = "?column?";

/// What a query calls the column that a target shows.
std::string shown_name(const SelectItem& item);

/// What PostgreSQL calls an index's column that is an expression.
std::string index_column_name(const Expr& expr);

}  // namespace pg2crdb::ast
