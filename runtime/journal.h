#pragma once
#include <compare>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/object_name.h"
#include "support/result.h"

namespace pg2crdb {

/// One thing that a run does.
struct Step {
  std::string action;  ///< "load", "apply pre-data" ...
  ObjectName object;   ///< what it is done to; of a statement: its number in the plan, as the name

  auto operator<=>(const Step&) const = default;
};

/// What is done, on disk, so that a run that was stopped goes on where it was. One file of lines in a state
/// directory, each flushed to the disk before the next step begins. A half-written last line is ignored.
class Journal {
 public:
  /// Opens or makes `directory`/journal.jsonl. `identity` says what the run is (input's sha256, options,
  /// target without secrets), one entry a fact. Without `resume` an existing unfinished journal is an error
  /// which says how to go on; with it, an identity that differs is an error that names the fact. A journal
  /// that another version of the program began and did not end is an error in both cases. One that ended is
  /// replaced when the first step is noted, and so is one that got no farther than to note which database its
  /// target is ("database"): the first try may have had a wrong URL. An empty `directory` keeps the journal
  /// in memory only.
  static Result<Journal> open(const std::string& directory,
                              const std::map<std::string, std::string>& identity, bool resume);

  /// Whether the journal in `directory`, of whichever run, has `fact` in its identity and calls a step of
  /// this action done. It is left as it is, be a run at work with it or not.
  static bool says_done(const std::string& directory, const std::pair<std::string, std::string>& fact,
                        std::string_view action);

  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  /// A step's state: "" unknown, "begun", "done". Safe from several threads.
  std::string state(const Step& step) const;
  Result<void> begin(const Step& step);
  Result<void> done(const Step& step, std::string_view detail = {});
  /// The step was refused and left nothing behind: its state is "" again.
  Result<void> forget(const Step& step);
  std::string detail(const Step& step) const;
  /// What this action was begun on and not done.
  std::vector<ObjectName> begun(std::string_view action) const;
  /// The detail of a step of the run that ended before and is to be replaced, where that was the same; else
  /// empty.
  std::string detail_before(const Step& step) const;
  /// The same for a step's state.
  std::string state_before(const Step& step) const;
  /// The run that ended before is gone on with: what it did is done, and its file is added to.
  void continue_ended();
  /// The file, for messages; empty where it is in memory.
  const std::string& path() const;
  /// The run ended well: the next one may start anew.
  Result<void> finish();

 private:
  struct State;
  explicit Journal(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
