#pragma once
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "driver/compile.h"
#include "driver/output_files.h"
#include "emit/phases.h"
#include "support/result.h"

namespace pg2crdb {

/// The report, as docs/report.schema.json describes it. `files` says where statements stand in the output;
/// empty where there is none.
std::string report_json(const Compiled& compiled, std::span<const OutputFile> files);

/// The findings in a form of --format; `json` is the whole report.
std::string render_findings(const Compiled& compiled, FindingsFormat format, bool color,
                            std::span<const OutputFile> files);

/// Adds all that --out-dir holds: `written` under their names, whose folders are made, and the reports.
/// `load-plan.json` comes last, because what executes the folder begins there; where the script's order is
/// kept there is none.
Result<void> add_compiled_folder(OutputFiles& files, const std::string& folder, const Compiled& compiled,
                                 std::span<const OutputFile> written);

/// The form and file of each `FORMAT=FILE`.
Result<std::vector<std::pair<FindingsFormat, std::string>>> parse_reports(
    const std::vector<std::string>& reports);

}  // namespace pg2crdb
