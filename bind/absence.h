#pragma once
#include "ast/script.h"

namespace pg2crdb::bind {

/// IF EXISTS: without what it is about, the statement does nothing.
bool forgives_absence(const ast::StatementNode& node);

}  // namespace pg2crdb::bind
