#pragma once
#include <string>
#include <utility>
#include <vector>

#include "driver/compile.h"
#include "driver/output_files.h"
#include "emit/load_plan.h"
#include "support/result.h"

namespace pg2crdb {

/// A phase's DDL as it is written out.
struct PhaseText {
  ast::Phase phase;
  std::string file;  ///< "20-pre-data.sql"
  std::string text;
};

/// The phases of a compiled dump, in the order in which they are run.
std::vector<PhaseText> emit_phases(const CompiledInput& input, const EmitOptions& options);

/// The report, as docs/report.schema.json describes it. `phases` says where statements stand in the output;
/// empty where there is none.
std::string report_json(const Compiled& compiled, const std::vector<PhaseText>& phases,
                        const EmitOptions& options);

/// The findings in a form of --format; `json` is the whole report.
std::string render_findings(const Compiled& compiled, FindingsFormat format, bool color,
                            const std::vector<PhaseText>& phases, const EmitOptions& options);

/// Adds all that --out-dir holds; the folder is made. `load-plan.json` comes last, because what executes the
/// folder begins there.
Result<void> add_compiled_folder(OutputFiles& files, const std::string& folder, const Compiled& compiled,
                                 const std::vector<PhaseText>& phases, const EmitOptions& options);

/// The form and file of each `FORMAT=FILE`.
Result<std::vector<std::pair<FindingsFormat, std::string>>> parse_reports(
    const std::vector<std::string>& reports);

}  // namespace pg2crdb
