#pragma once
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "rewrite/rule_index.h"
#include "rewrite/rule_program.h"

namespace pg2crdb::rewrite {

/// For programs that run over one script, one after the other: which of them may find something in a
/// statement. One walk looks for all of them, and what it says holds until the statement is changed, so that
/// no program walks where it has nothing to do.
class RuleScan {
 public:
  /// In the order in which they run; they live at least as long. Of more than can be kept apart, the last
  /// always want all.
  explicit RuleScan(const std::vector<const RuleProgram*>& programs);

  /// False where no rule of the program may match anything in the statement, or it is not live. Of a program
  /// whose turn was before, as seen from what was asked since, it may say true too often.
  bool wants(const RuleProgram& program, ast::StatementId id, PassContext& context);

 private:
  class Walk;
  /// Bits of programs.
  using Programs = uint64_t;
  struct Seen {
    Programs wanting = 0;
    uint32_t version = 0;  ///< of the statement as it was looked at; 0: it was not
  };
  struct Watched {
    Programs bit = 0;
    const RuleIndex* index = nullptr;
    std::unordered_map<std::string, std::vector<Candidate>> kinds = {};  ///< that were asked for
  };
  /// What is known of one type.
  struct Type {
    std::vector<size_t> matched_by = {};  ///< in `watched_`
    bool leads_on = false;                ///< what some rule matches may be inside
  };

  /// Those that want it, and those that were `found` before.
  Programs look_at(ast::Statement& statement, Programs found);
  void look_at(const ast::TypeInfo& type, void* node, const Type& known, Programs& found) const;

  std::vector<Watched> watched_;
  std::vector<Type> types_;  ///< by type id
  std::unordered_map<const RuleProgram*, Programs> bits_;
  std::vector<Seen> seen_;  ///< by StatementId
};

}  // namespace pg2crdb::rewrite
