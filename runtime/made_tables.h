#pragma once
#include <string>
#include <vector>

#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// Makes the schema pg2crdb on the target and tables of our own in it (CREATE TABLE IF NOT EXISTS), of which
/// others may make the same at the same moment. The server's error where it refuses.
Result<void> make_tables(Connection& target, const std::vector<std::string>& statements);

}  // namespace pg2crdb
