#pragma once
#include <vector>

#include "ast/script.h"

namespace pg2crdb::bind {

/// What DROP ... CASCADE takes along in PostgreSQL and CockroachDB does not: routines whose bodies (BEGIN
/// ATOMIC, RETURN) were bound to what it drops when they were made, which are strings in the output; views,
/// defaults, constraints, computed columns, indexes, policies and triggers that call a routine which goes.
/// For each what drops it, in an order in which nothing else needs it. Of the statements in front of the
/// DROP, whose names are bound; routines in a schema that is dropped go with that.
std::vector<ast::StatementNode> what_goes_before(const ast::Drop& drop, const ast::Statement& by,
                                                 const ast::Script& script);

}  // namespace pg2crdb::bind
