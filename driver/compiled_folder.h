#pragma once
#include <span>
#include <string>

#include "driver/compile.h"
#include "driver/output_files.h"
#include "support/result.h"

namespace pg2crdb {

/// Adds all that --out-dir holds: `written` under their names, whose folders are made, and the reports.
/// `load-plan.json` comes last, because what executes the folder begins there; where the script's order is
/// kept there is none. Of an earlier compile into the folder, files are removed that this one does not write;
/// fails, with nothing written, where somebody has changed one of these meanwhile.
Result<void> add_compiled_folder(OutputFiles& files, const std::string& folder, const Compiled& compiled,
                                 std::span<const OutputFile> written);

/// Fails where a phase's file of the folder is no longer what the compile wrote: who changed it expects that
/// it is run, and the load plan beside it says otherwise.
Result<void> check_unchanged(const std::string& folder);

}  // namespace pg2crdb
