#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "driver/compile.h"
#include "driver/config.h"
#include "driver/options.h"
#include "support/result.h"

/// How decisions get into a pg2crdb.toml, for all that write them.
namespace pg2crdb {

/// The configuration that an input is read with, or where it is to be.
struct DecisionFile {
  std::string path;
  std::string text;     ///< word for word
  bool exists = false;  ///< else `text` is empty
};
/// The file as it is now, be it of the configuration, or under --no-config one that nobody read.
Result<DecisionFile> find_decision_file(const Options& options, const Config& config);

struct StatementAbout {
  const CompiledInput* input = nullptr;
  const ast::Statement* statement = nullptr;
  std::string text;  ///< as decisions name it
};
/// The statements that a decision to delete, keep or replace would be about, were it written; for the other
/// actions the findings that nobody acknowledged yet are what counts.
std::vector<StatementAbout> statements_about(const Decision& decision, const Compiled& compiled);
size_t findings_about(const Decision& decision, const Compiled& compiled);

/// The statement that stands in a line of the input: the one that begins there, else the one that goes on
/// there; none that a decision added. An error where there is none, or more than one.
Result<const ast::Statement*> statement_in_line(const CompiledInput& input, uint64_t line);

/// A decision on one statement names it by its text. Fails where that holds a password, which is to stand in
/// no configuration.
Result<std::string> text_to_decide_on(const CompiledInput& input, const ast::Statement& statement);

/// What is wrong with the decisions, none of which is written where one is: a rule that is not there, a day
/// that is over, keys that do not go together, one that is about nothing. Else how many findings or
/// statements they are about.
Result<size_t> check_decisions(std::span<const Decision> decisions, const Compiled& compiled);

/// The decisions as they will stand in a file.
std::string toml_decisions(std::span<const Decision> decisions);

/// What the file will hold with them behind, with line ends as it has them. Fails where that is no
/// configuration any more: `decision = []` cannot be added to.
Result<std::string> with_decisions(const DecisionFile& file, std::span<const Decision> decisions);

}  // namespace pg2crdb
