#pragma once

#include "ast/statement.h"

namespace pg2crdb::order {

/// What a statement makes by its tree, where no object says so: passes add statements. Null for others.
const ast::Name* name_made_by(const ast::StatementNode& node);

}  // namespace pg2crdb::order
