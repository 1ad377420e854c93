#pragma once
#include <vector>

#include "ast/script.h"

namespace pg2crdb {

/// A statement, and the one that says now what it said: findings of what it says stand there.
struct MergedStatement {
  Span from;
  Span into;
};

/// Those of a script that the passes have been through, ALTER TABLE of which a part stays included, in the
/// script's order.
std::vector<MergedStatement> merged_statements(const ast::Script& script);

}  // namespace pg2crdb
