#pragma once
#include <string>

#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// The statements that begin a transaction in which a session reads the target as it is now: AS OF SYSTEM
/// TIME in CockroachDB, an exported snapshot in PostgreSQL. Good while `keeper` lives, which they leave in a
/// transaction there. In CockroachDB it takes half a second: commits of nodes whose clocks are ahead have to
/// be behind.
Result<std::string> begin_now(Connection& keeper);
/// Without that half second: what other nodes have just committed may not be seen.
Result<std::string> begin_at_once(Connection& keeper);

/// A session that reads the target at that moment. Names inside values (regclass and kin) come out qualified,
/// as in the source. Rows that a policy hides are an error, not missing.
Result<Connection> open_at(const std::string& url, const std::string& begin);

/// The rows of that moment are gone.
bool is_past(const Error& error);
/// What to do where the rows of that moment are gone; of all other errors it changes nothing.
Error explain_moment(Error error);

}  // namespace pg2crdb
