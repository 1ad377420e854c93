#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "driver/compile.h"
#include "driver/options.h"
#include "plan/load_plan.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// An error (Kind::usage) of what can be read but once: standard input, a pipe.
Result<void> check_is_read_again(const std::string& input);

/// A word of a command as a shell takes it: in quotes where it needs them.
std::string shell_word(const std::string& word);

/// The error for a command that needs --target and did not get it.
std::optional<Error> missing_target(const Options& options);

/// Asks the target, where one is given, for the release to compile for where nobody names one. An error where
/// it cannot be reached: what is compiled for another release is another run. A dry run says so and goes on.
Result<void> ask_release(Options& options);

/// The plan that `command` (apply, load, verify) works on: --plan, the load-plan.json of a compiled folder,
/// or a dump that is compiled here, for the target's release. A dump with findings at or above --fail-on is
/// refused. Where there is none, the reason has been printed and `status` is the exit status.
std::optional<LoadPlan> plan_for(const Options& options, std::string_view command, int& status);

/// The same for what reads the rows of a dump: a plan that was compiled earlier is only good where its inputs
/// are still the ones that it was made of, which costs reading them once. A dump that is compiled here has
/// just been read.
std::optional<LoadPlan> plan_with_rows_for(const Options& options, std::string_view command, int& status);

/// Gives the plan the rows of --csv, where that is given.
Result<void> take_csv(LoadPlan& plan, const Options& options);

/// With --csv, an error (Kind::usage) where a table that was chosen has no file.
Result<void> check_csv(const LoadPlan& plan, const Options& options);

/// Prints the findings that keep a dump from being executed, the statements that need a person, and how to go
/// on. The exit status.
int refuse(const Compiled& compiled, const Options& options);

/// Where the journal of `command` lies: --state-dir, else a folder for the target's database and the name of
/// what is loaded, under .pg2crdb. It stays the same where the input is edited, so that this is noticed.
std::string state_dir_for(const Options& options, std::string_view command, const LoadPlan& plan);

/// Two ways of compiling the same dump give different ones: of the plan's statements, and of the names that
/// tables and columns had before. Hexadecimal.
std::string hash_of_statements(const LoadPlan& plan);

/// What a resumed run has to have in common with the one that stopped.
std::map<std::string, std::string> identity_of(const Options& options, const LoadPlan& plan);

Result<LoadOptions> load_options_of(const Options& options, const std::string& state_dir);
VerifyOptions verify_options_of(const Options& options);

/// Asks on the terminal; true without one, or with --yes.
bool confirmed(const Options& options, const std::string& question);

/// The error, and behind one that can be resumed the command to go on with, without secrets. Its exit status.
int fail_resumable(const Error& error, std::string_view command, const Options& options);

}  // namespace pg2crdb
