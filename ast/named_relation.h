#pragma once
#include "ast/catalog.h"
#include "ast/script.h"

namespace pg2crdb::ast {

/// What makes the table or view that a name in the body of `user` means: where the script's order is kept,
/// several may have had that name. Null where the script makes none.
const Statement* named_relation(const Script& script, const Catalog& catalog, const Name& name,
                                const Statement& user);

}  // namespace pg2crdb::ast
