#pragma once
#include <string>
#include <vector>

#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// The name of a run in the tables that we make on the target: 128 bits by chance.
std::string new_run();

/// Makes the schema pg2crdb on the target and tables of our own in it (CREATE TABLE IF NOT EXISTS), of which
/// others may make the same at the same moment. The server's error where it refuses.
Result<void> make_tables(Connection& target, const std::vector<std::string>& statements);

/// Takes the rows of `run` out of one of those tables ("chunks"), and the table and the schema away where
/// nothing else is in them. One that is not there is as good.
Result<void> remove_run(Connection& target, const std::string& table, const std::string& run);

}  // namespace pg2crdb
