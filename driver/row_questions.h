#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "diag/diagnostic.h"
#include "driver/compile.h"
#include "scan/scan.h"

namespace pg2crdb {

/// Asks the rows of a compiled input what its findings depend on, and what only rows tell. A finding that
/// asked gets a note with what was looked for and in how many rows, the first of those that were found, and
/// another severity; rows that nothing asked for and that the target refuses, cuts or changes are findings of
/// their own. Nothing is asked where the input has no rows, keeps the script's order, or where the rows come
/// from elsewhere. Fails where --scan-data insists on rows that cannot be looked at, and where a signal stops
/// it.
Result<RowScan> ask_rows(const Options& options, const Choices& choices, const CompiledInput& input,
                         Diagnostics& diagnostics);

}  // namespace pg2crdb
