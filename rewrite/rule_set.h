#pragma once
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rewrite/rule_file.h"
#include "rewrite/rule_program.h"

namespace pg2crdb::rewrite {

/// Rule files that run together: their rules as passes, one for each place in the pipeline where `run` puts
/// some of them. Owns all that the passes and their diagnostics point to.
class RuleSet {
 public:
  /// Fails where two rules have one name or finding, or one can never run because of another.
  static std::variant<std::unique_ptr<RuleSet>, RuleProblem> make(
      std::vector<std::unique_ptr<RuleFile>> files);

  /// In the order in which they were declared first.
  const std::vector<PlacedPass>& placed() const { return placed_; }
  const std::vector<std::unique_ptr<RuleFile>>& files() const { return files_; }
  std::vector<const RewriteRule*> rules() const;
  /// Null where there is no such rule.
  const RewriteRule* find(std::string_view name) const;

 private:
  RuleSet() = default;

  std::vector<std::unique_ptr<RuleFile>> files_;
  std::deque<std::string> names_;
  std::deque<std::vector<Rule>> findings_;
  std::deque<Pass> passes_;
  std::vector<PlacedPass> placed_;
};

/// A built-in pass that is written in the rule language: `passes/<name>/pass.rule`, whose text is in the
/// program. Reads it and fills in the rest of the pass; throws InternalError where it cannot be read.
Pass read_rule_pass(const Pass& unread);

}  // namespace pg2crdb::rewrite
