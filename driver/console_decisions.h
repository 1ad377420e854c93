#pragma once
#include <span>
#include <string>
#include <vector>

#include "driver/compile.h"
#include "driver/decision_file.h"
#include "driver/options.h"
#include "support/result.h"

namespace pg2crdb {

/// The console's writes to the configuration, each of which can be taken back.
class ConsoleDecisions {
 public:
  explicit ConsoleDecisions(const Options& options) : options_(options) {}

  /// Behind what the file has now. Fails, and writes nothing, as `decide` does, and where the same decision
  /// stands there.
  Result<void> add(std::span<const Decision> decisions, const Compiled& compiled);
  /// Takes one out of the file that was compiled; fails where the file is another one by now.
  Result<void> remove(const Decision& decision, const Compiled& compiled);
  /// Writes `key = "value"`; fails where the file is another one than that which was compiled by now.
  Result<void> choose(const std::string& key, const std::string& value, const Compiled& compiled);
  /// Takes back the last one that was not taken back yet: the file is what it was, byte for byte, and gone
  /// where there was none. Where somebody else wrote into it since, what was added is cut out.
  Result<void> undo();

  size_t undoable() const { return done_.size(); }

 private:
  struct Change {
    DecisionFile before;
    std::string after;
  };
  Result<DecisionFile> unchanged(const Compiled& compiled) const;
  Result<void> change(DecisionFile before, std::string after);
  Result<void> write(const std::string& path, const std::string& text);

  const Options& options_;
  std::vector<Change> done_;
};

}  // namespace pg2crdb
