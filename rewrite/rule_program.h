#pragma once
#include <array>
#include <memory>
#include <span>
#include <vector>

#include "rewrite/rule_file.h"

namespace pg2crdb::rewrite {

class RuleIndex;
class RuleScan;

/// What running rules may report of its own: rules that never end, that undo each other, that leave nothing.
extern const std::span<const FindingKind> engine_rules;

/// Whether rules look into bodies in PL/pgSQL, as those of a person do. For the passes' own, bodies are text
/// until routines/ reads them.
enum class Bodies { looked_into, passed_by };

/// Rules that run together, indexed by what they match first: one walk over a statement serves all of them.
/// For each statement they run in order of declaration until nothing changes any more; rules that only
/// report come last, so that they see what is left.
class RuleProgram {
 public:
  /// The rules live at least as long.
  explicit RuleProgram(std::vector<const RewriteRule*> rules, Bodies bodies = Bodies::looked_into);
  RuleProgram(RuleProgram&&) noexcept;
  ~RuleProgram();

  /// Where a scan knows the program, statements without anything for it are passed by.
  void run(PassContext& context, RuleScan* scan = nullptr) const;

  /// Of those that rewrite, and of those that only report.
  std::array<const RuleIndex*, 2> indexes() const { return {rewriting_.get(), reporting_.get()}; }

 private:
  std::unique_ptr<RuleIndex> rewriting_;
  std::unique_ptr<RuleIndex> reporting_;
  Bodies bodies_;
};

/// Two of the rules where one takes away all that the other could match: the second can never run. The
/// problem points to the second and names the first.
std::optional<RuleProblem> find_shadowed(const std::vector<const RewriteRule*>& rules,
                                         const std::vector<const RuleFile*>& files);

}  // namespace pg2crdb::rewrite
