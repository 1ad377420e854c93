#pragma once
#include "routines/conversion.h"

namespace pg2crdb::routines {

/// Whether a loop may lock all rows of its query (FOR UPDATE) before it begins: PostgreSQL locks some at a
/// time, and leaves out those that its transaction has changed meanwhile. So it is where the statements of
/// the loop change no row of the query's table but the one that the turn is about.
bool may_lock_at_once(const Conversion& conversion, ast::plpgsql::ForRows& loop, const ast::Query& query);

}  // namespace pg2crdb::routines
