#pragma once
#include <string>

#include "driver/compile.h"

namespace pg2crdb {

/// What the findings come to, for a person: how many statements compile by themselves, how many need a
/// person, have an error or would be lost, and in a second line the command to go on with. `command` is
/// "lint" or "compile". Of a script that was read for PostgreSQL.
std::string next_step(const Compiled& compiled, const Options& options, std::string_view command);

}  // namespace pg2crdb
