#pragma once
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "rewrite/site.h"

namespace pg2crdb::rewrite {

/// What running rules may report of its own.
namespace engine {
extern const FindingKind& never_ends;
extern const FindingKind& undo_each_other;
extern const FindingKind& leaves_nothing;
extern const FindingKind& cannot_write;
extern const FindingKind& column_left_out;
}  // namespace engine

/// What a node hangs in, so that it can be taken out.
struct Slot {
  const ast::TypeInfo* list = nullptr;
  void* items = nullptr;
  size_t index = 0;
  const ast::TypeInfo* box = nullptr;
  void* boxed = nullptr;
  const ast::TypeInfo* plain = nullptr;  ///< a field of this type
  bool required = false;                 ///< the list or box must not become empty
};

/// The way from the statement to a node.
struct Way {
  std::vector<size_t> steps;  ///< fields and places in lists
  Slot command;               ///< the command of ALTER TABLE that it leads through
  bool command_gone = false;  ///< that was taken out of its list, and the way back leads nowhere
};

/// Carries out what rules do and says what they report, for one statement after the other.
class RuleActions {
 public:
  struct Outcome {
    bool changed = false;  ///< the statement is another
    bool gone = false;     ///< the node left its list, or the statement the output
  };

  explicit RuleActions(PassContext& context) : context_(context) {}

  void begin_statement();
  /// What a rule does where it has matched.
  Outcome act(const RewriteRule& rule, const Match& match, Site& site, const Slot& slot, Way& way,
              Bindings& bindings);

 private:
  /// A rule on its way through its actions.
  struct Acting {
    const RewriteRule& rule;
    const Match& match;
    PassContext context;
    Site& site;
    const Slot& slot;
    Way& way;
    Bindings& bindings;
    bool structural = false;  // changed what is not in the node
    bool gone = false;
  };

  void report(const RewriteRule& rule, const Site& site, const Bindings& bindings);
  bool tell(const RewriteRule& rule, const Site& site);
  bool once(const RewriteRule& rule, const Action& action, const Way& way);
  bool perform(Acting& acting, const Action& action);
  bool remove(Acting& acting, const std::string& reason);
  std::shared_ptr<void> made(Acting& acting, const Action& action);

  PassContext& context_;
  std::set<std::string> done_;  // additions that were made
  std::set<const FindingKind*> told_;
};

}  // namespace pg2crdb::rewrite
