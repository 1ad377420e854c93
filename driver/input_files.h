#pragma once
#include <optional>
#include <string>
#include <vector>

#include "driver/options.h"
#include "parser/parser.h"
#include "support/result.h"

namespace pg2crdb {

/// What is read as one script: one file, or the files of a history in the order in which their tool runs
/// them.
struct InputFiles {
  std::vector<std::string> up;
  std::vector<std::string> down;      ///< those of the ways down: their statements are only counted
  std::vector<std::string> left_out;  ///< *.sql of a folder that the tool would not run either
  std::vector<std::string> below;     ///< *.sql in folders below, into which most tools do not look
  std::optional<MigrationTool> tool;  ///< known by the files' names; marks in the files may name another one
};

/// The files behind `names`: each a file, `-`, a postgresql:// URL, or a folder, which stands for the
/// migrations in it. Fails on a folder without any.
Result<InputFiles> find_input_files(const Options& options, const std::vector<std::string>& names);

/// Once it is known whether the files are a tool's: those in folders below are left out then, as the tool
/// does. Fails where nobody knows whether they are meant.
Result<void> leave_out_below(InputFiles& files, bool of_a_tool);

/// --migrations and --database, checked, for these files.
ReadOptions read_options(const Options& options, const InputFiles& files);

}  // namespace pg2crdb
