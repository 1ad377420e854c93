#pragma once
#include <set>

#include "ast/script.h"
#include "diag/diagnostic.h"

namespace pg2crdb {

/// Holds back what needs the schemas, roles and identity sequences of statements that were deleted, and what
/// needs that in turn, and says so (`object-not-translated`); takes out a role that a pass made in a deleted
/// one's place. Of other objects the pass `consequences` does the same. Of a script after the passes.
void hold_back_what_needs_deleted(ast::Script& script, const std::set<ast::StatementId>& deleted,
                                  Diagnostics& diagnostics);

}  // namespace pg2crdb
