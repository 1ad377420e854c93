#pragma once
#include <string>

#include "support/result.h"

namespace pg2crdb {

/// All of an input, as `open_input` opens and decompresses it, in memory.
Result<std::string> read_input_text(const std::string& name);

}  // namespace pg2crdb
