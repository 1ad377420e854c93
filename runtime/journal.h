#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "support/result.h"

namespace pg2crdb {

/// What is done, on disk, so that a run that was stopped goes on where it was. One file of lines in a state
/// directory, each flushed to the disk before the next step begins. A half-written last line is ignored.
class Journal {
 public:
  /// Opens or makes `directory`/journal.jsonl. `identity` says what the run is (input's sha256, options,
  /// target without secrets), one entry a fact. Without `resume` an existing unfinished journal is an error
  /// which says how to go on; with it, an identity that differs is an error that names the fact. An empty
  /// `directory` keeps the journal in memory only.
  static Result<Journal> open(const std::string& directory,
                              const std::map<std::string, std::string>& identity, bool resume);

  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  /// A step's state: "" unknown, "begun", "done". Safe from several threads.
  std::string state(std::string_view step) const;
  Result<void> begin(std::string_view step);
  Result<void> done(std::string_view step, std::string_view detail = {});
  /// The step was refused and left nothing behind: its state is "" again.
  Result<void> forget(std::string_view step);
  std::string detail(std::string_view step) const;
  /// The run ended well: the next one may start anew.
  Result<void> finish();

 private:
  struct State;
  explicit Journal(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
