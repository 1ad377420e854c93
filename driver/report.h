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

/// A file of --out-dir, as pg2crdb wrote it.
struct FolderFile {
  std::string path;  ///< below the folder
  std::string sha256;
};

/// The report, as docs/report.schema.json describes it, is its head with its body behind it: the head says
/// what stands beside the report, where it is one of --out-dir, and is made when that has been.
std::string report_head(const Compiled& compiled, std::span<const FolderFile> folder = {});
/// `files` says where statements stand in the output; empty where there is none.
std::string report_body(const Compiled& compiled, std::span<const OutputFile> files);

/// The report with the statements' SQL, in the dump's form and in the output's, passwords hidden, as one page
/// for a browser that loads nothing from anywhere.
std::string report_html(const Compiled& compiled);

/// The findings in a form of --format; `json` and `html` are the whole report.
std::string render_findings(const Compiled& compiled, FindingsFormat format, const TextStyle& style,
                            std::span<const OutputFile> files);

/// The form and file of each `FORMAT=FILE`.
Result<std::vector<std::pair<FindingsFormat, std::string>>> parse_reports(
    const std::vector<std::string>& reports);

}  // namespace pg2crdb
