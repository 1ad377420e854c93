#pragma once
#include <string>
#include <vector>

namespace pg2crdb {

/// Takes over what main() was called with. What may hold a password is masked where the list of processes
/// shows it (/proc/PID/cmdline).
void take_command_line(int count, char** arguments);

/// The words as they were given, the program's name first.
const std::vector<std::string>& command_line();

}  // namespace pg2crdb
