#pragma once
#include <string>

#include "ast/statement.h"

namespace pg2crdb::order {

/// What a statement makes by its tree, where no object says so: passes add statements. Null for others.
const ast::Name* name_made_by(const ast::StatementNode& node);
/// Both parts of a name, public where it has no schema.
std::string key_of(const ast::Name& name);

}  // namespace pg2crdb::order
