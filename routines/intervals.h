#pragma once
#include "ast/catalog.h"

namespace pg2crdb::routines {

/// make_interval() as a sum of units. Whether the statement had any.
bool write_intervals(ast::StatementNode& statement, const ast::Catalog& catalog);

}  // namespace pg2crdb::routines
