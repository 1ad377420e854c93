#pragma once
#include "ast/script.h"

namespace pg2crdb::order {

/// Where a statement goes when nothing stands in the way: before the rows what they need, after them what may
/// wait.
ast::Phase phase_wish(const ast::Statement& statement);

/// The order of kinds within a phase, small numbers first.
int rank_wish(const ast::Statement& statement);

/// Whether the statement would do something else before the rows are there than behind them: a filled view, a
/// foreign key, a trigger, what changes rows.
bool waits_for_rows(const ast::Statement& statement);

}  // namespace pg2crdb::order
