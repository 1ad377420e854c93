#pragma once
#include "support/result.h"

namespace pg2crdb {

/// Makes a pipe behind standard input a file that can be read again: what comes through it is written to a
/// temporary file without a name, which is gone when the process ends, and which stands for it from then on.
/// Nothing is done where it is a file already. Fails where that file cannot be written.
Result<void> keep_standard_input();

}  // namespace pg2crdb
