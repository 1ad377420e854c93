#include <algorithm>

#include "rewrite/match.h"
#include "rewrite/rule_index.h"
#include "rewrite/rule_program.h"

namespace pg2crdb::rewrite {
namespace {

/// Whether whatever fits `narrow` fits `wide` too: the same words, or a pattern that matches the other.
bool covers(const Match& wide, const Match& narrow) {
  if (wide.type != narrow.type) return false;
  if (!wide.kinds.empty() || !narrow.kinds.empty()) {
    return !wide.kinds.empty() && !narrow.kinds.empty() &&
           std::all_of(narrow.kinds.begin(), narrow.kinds.end(), [&](const std::string& kind) {
             return std::any_of(wide.kinds.begin(), wide.kinds.end(),
                                [&](const std::string& pattern) { return fits_kind(pattern, kind); });
           });
  }
  const auto any = [](const std::string& name) { return name.empty() || name.starts_with('$'); };
  if ((!any(wide.table) && wide.table != narrow.table) || (!any(wide.column) && wide.column != narrow.column))
    return false;
  if (!wide.pattern) return true;
  Bindings bindings;
  return narrow.pattern && matches(*wide.type, wide.pattern.node.get(), narrow.pattern.node.get(), bindings);
}

bool takes_all(const RewriteRule& rule) {
  return !rule.condition && !rule.target &&
         std::any_of(rule.actions.begin(), rule.actions.end(), [](const Action& action) {
           return action.kind == Action::Kind::remove || action.kind == Action::Kind::rewrite ||
                  action.kind == Action::Kind::hold;
         });
}

bool same_placement(const RewriteRule& a, const RewriteRule& b) {
  if (!a.placement || !b.placement) return a.placement.has_value() == b.placement.has_value();
  return a.placement->pass == b.placement->pass && a.placement->side == b.placement->side;
}

}  // namespace

std::optional<RuleProblem> find_shadowed(const std::vector<const RewriteRule*>& rules,
                                         const std::vector<const RuleFile*>& files) {
  for (size_t i = 0; i < rules.size(); ++i) {
    const RewriteRule& earlier = *rules[i];
    if (!takes_all(earlier)) continue;
    for (size_t k = i + 1; k < rules.size(); ++k) {
      const RewriteRule& later = *rules[k];
      const bool covered = !later.actions.empty() && same_placement(earlier, later) &&
                           std::all_of(later.matches.begin(), later.matches.end(), [&](const Match& match) {
                             return std::any_of(earlier.matches.begin(), earlier.matches.end(),
                                                [&](const Match& other) { return covers(other, match); });
                           });
      if (!covered) continue;
      for (const RuleFile* file : files) {
        if (file->path != later.file) continue;
        return problem_at(
            file->path, file->text, later.place,
            "the rule `" + later.name + "` can never match: " + earlier.shown() + " takes all that it could",
            "put the narrower rule first, or give the wider one a condition");
      }
    }
  }
  return std::nullopt;
}

}  // namespace pg2crdb::rewrite
