#pragma once
#include <string_view>

#include "ast/script.h"

namespace pg2crdb::bind {

// Names that PostgreSQL's own schema has, which it looks into before any other where a search_path does not
// say otherwise.

/// "(text)(anyrange)": the signatures of its functions of that name; empty where it has none.
std::string_view signatures_in_pg_catalog(std::string_view function);
/// Whether all its functions of that name are aggregates.
bool is_aggregate_of_pg_catalog(std::string_view function);
bool is_type_of_pg_catalog(std::string_view name);
bool is_relation_of_pg_catalog(std::string_view name);
/// ALTER and DROP of one of its routines.
bool changes_pg_catalog(const ast::StatementNode& node);

}  // namespace pg2crdb::bind
