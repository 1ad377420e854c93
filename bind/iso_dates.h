#pragma once
#include "ast/statement.h"

namespace pg2crdb::bind {

/// Writes a setting of datestyle, by SET or set_config, as CockroachDB takes it: it shows dates in ISO form
/// alone, and reads them in the order that is set. False where nothing changes.
bool write_iso(ast::StatementNode& node);

}  // namespace pg2crdb::bind
