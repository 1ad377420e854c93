#pragma once
#include <functional>

#include "ast/script.h"

namespace pg2crdb::bind {

/// Calls `look` with each expression of INSERT, UPDATE and MERGE, those in WITH included, whose value goes
/// into a column of the script that is `wanted`. VALUES that are kept as text become a tree where one of
/// their columns is. Other statements, and what a column gets by a set operation, are passed over.
void each_assigned(ast::Statement& statement, const ast::Script& script,
                   const std::function<bool(ast::ObjectId column)>& wanted,
                   const std::function<void(ast::Expr& value, ast::ObjectId column)>& look);

}  // namespace pg2crdb::bind
