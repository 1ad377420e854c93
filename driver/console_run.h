#pragma once
#include <sys/types.h>

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "driver/options.h"
#include "support/result.h"

namespace pg2crdb {

/// A step of the console as a command of this program.
struct ConsoleStep {
  std::string_view id;       ///< "rehearse"
  std::string_view command;  ///< "apply"
  std::vector<std::string_view> words;
  bool compiles = true;         ///< takes INPUT and what it is compiled with
  bool reads_rows = false;      ///< takes --source and --jobs
  bool makes_database = false;  ///< takes --create-database and --owner
};

/// What the console can run, in the order of a migration.
const std::vector<ConsoleStep>& console_steps();

/// The command behind a step, its name first; `resume`: as it is gone on with.
std::vector<std::string> words_of(const ConsoleStep& step, const Options& options, bool resume);

/// The command that writes what goes out and the report into files.
std::vector<std::string> words_of_compile(const Options& options);

/// A command of words as a shell takes it, without passwords.
std::string shell_command(const std::vector<std::string>& words);

/// One command at a time, as a process of its own: what is done in the page is what the shell would have
/// done.
class ConsoleRun {
 public:
  ~ConsoleRun();

  /// Fails where one is at work.
  Result<void> start(const ConsoleStep& step, const Options& options, bool resume);
  /// As Ctrl-C does: it ends at a safe point.
  void stop();
  bool is_running() const;

  /// Members of an object: the step, its command, whether it runs, its exit status, those of all steps that
  /// ended, its lines from the `from`th on, how far it is, and what it printed.
  std::string json(size_t from) const;

 private:
  void read_all(int output, int errors);
  void take_line(std::string line);

  mutable std::mutex mutex_;
  std::thread reader_;
  pid_t process_ = -1;
  bool running_ = false;
  int status_ = -1;
  std::string step_;
  std::map<std::string, int> ended_;  ///< exit statuses of steps, the last of each
  std::string shown_;
  std::string printed_;             ///< on stdout
  std::vector<std::string> lines_;  ///< on stderr, without progress
  std::string progress_;            ///< the last object
};

}  // namespace pg2crdb
