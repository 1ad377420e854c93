#pragma once
#include <string>

#include "ast/statement.h"

namespace pg2crdb::bind {

/// Whether the order of a common table's rows may show in the query, or statement, that has it: not where all
/// that reads it counts its rows, or is what IN, ANY, ALL or EXISTS look into and takes all of them. What a
/// nested WITH calls by that name is taken for the same. Nothing is changed.
bool order_may_show(const std::string& common_table, ast::Query& query);
bool order_may_show(const std::string& common_table, ast::StatementNode statement);

}  // namespace pg2crdb::bind
