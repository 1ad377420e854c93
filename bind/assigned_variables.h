#pragma once
#include <cstddef>
#include <string>

#include "ast/plpgsql.h"

namespace pg2crdb::bind {

/// Whether it is this variable as a whole.
bool names(const ast::plpgsql::Variable& variable, const std::string& name);

/// How many statements give the variable another row.
size_t count_assignments(ast::plpgsql::Statements& statements, const std::string& name);

/// Whether any sets a field of it: a field keeps its type, whatever it is made.
bool assigns_fields(ast::plpgsql::Statements& statements, const std::string& name);

}  // namespace pg2crdb::bind
