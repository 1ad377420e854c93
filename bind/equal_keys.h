#pragma once
#include <string>
#include <utility>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb::bind {

/// All constraints of a table in the order of its text, each with the column that it is written on; without
/// one where it is the table's.
std::vector<std::pair<ast::Constraint*, std::string>> constraints_as_written(ast::CreateTable& create);

/// Takes out UNIQUE over what the primary key or a UNIQUE before it is over: PostgreSQL makes one index of
/// them, and one constraint. True where there was one.
bool merge_equal_keys(ast::CreateTable& create);

}  // namespace pg2crdb::bind
