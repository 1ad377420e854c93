#pragma once
#include <string>

#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// What a database is told from one of the same name by that was made anew: its number in the catalog, and
/// the cluster's own identity where it tells it.
Result<std::string> database_mark(Connection& target);

}  // namespace pg2crdb
