#pragma once
#include <vector>

#include "ast/script.h"

namespace pg2crdb::bind {

/// Routines that DROP ... CASCADE takes along in PostgreSQL, because their bodies (BEGIN ATOMIC, RETURN) were
/// bound to what it drops when they were made: a DROP of each, for the output, in which they are strings, and
/// of views that call them. Of the statements in front of the DROP, whose names are bound; routines in a
/// schema that is dropped go with that.
std::vector<ast::Drop> routines_that_go(const ast::Drop& drop, const ast::Statement& by,
                                        const ast::Script& script);

}  // namespace pg2crdb::bind
