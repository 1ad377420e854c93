#pragma once
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/byte_source.h"
#include "support/result.h"

namespace pg2crdb {

/// A program to run, without a shell.
struct Program {
  std::string name;  ///< looked for on PATH where it has no '/'
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment = {};  ///< besides ours
};

/// What the program writes to its standard output, streamed; it reads nothing. Where it fails, the read that
/// meets the end says so, with its own words. A source that goes away early ends the program, and so does the
/// death of this one; a terminal's Ctrl-C does not reach it. Fails where it cannot be started.
Result<std::unique_ptr<ByteSource>> program_output(const Program& program);

/// The whole of it.
Result<std::string> whole_output(const Program& program);

}  // namespace pg2crdb
