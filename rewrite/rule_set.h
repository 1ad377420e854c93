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
  std::deque<std::vector<FindingKind>> findings_;
  std::deque<Pass> passes_;
  std::vector<PlacedPass> placed_;
};

/// The rule file of a built-in pass, read from its text. Throws InternalError with what is wrong with it.
std::unique_ptr<RuleFile> checked_rule_file(std::string path, std::string text);

/// A built-in pass that is written in the rule language: `passes/<name>/pass.rule`, whose text is in the
/// program. Fills in the rest of the pass from its table (rule_table.h), or from its text where that is
/// empty; throws InternalError where it cannot be read. The table lives as long as the pass.
Pass read_rule_pass(const Pass& unread, std::string_view table);

}  // namespace pg2crdb::rewrite
