#include "driver/effort.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "ast/describe.h"
#include "driver/findings_by_place.h"

namespace pg2crdb {
namespace {

constexpr Work code = {"code", "rewrite by hand", 20, 40,
                       "The body, query or condition is rewritten for CockroachDB and tested."};
constexpr Work definition = {"definition", "change a definition", 10, 20,
                             "Another definition is chosen, written into the dump or a rule, and compiled."};
constexpr Work consequence = {
    "consequence", "look again", 0, 2,
    "It goes out by itself once what it waits for does; somebody looks at it then."};
constexpr Work decision = {
    "decision", "decide", 10, 2,
    "Somebody finds out whether an application relies on it; `pg2crdb decide` takes all of a rule at once."};
constexpr Work remark = {"remark", "nothing to do", 0, 0, "It is worth knowing."};

constexpr std::array all_work = {code, definition, consequence, decision, remark};

// What holds SQL or PL/pgSQL that runs, and not only a definition.
constexpr std::array<std::string_view, 4> code_categories = {"functions", "policies", "triggers", "views"};

/// What each finding is about; empty: the run.
std::vector<std::string> objects_of_findings(const Compiled& compiled) {
  std::vector<std::string> objects;
  objects.reserve(compiled.findings.diagnostics.size());
  for (const Diagnostic& finding : compiled.findings.diagnostics) objects.push_back(finding.object);
  const FindingsByPlace by_place(compiled.findings);
  for (const CompiledInput& input : compiled.inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.id >= input.statements_read) continue;
      const std::vector<size_t> within = by_place.within(statement.span);
      if (within.empty()) continue;
      const std::string object = ast::statement_object(statement.node);
      if (object.empty()) continue;
      for (const size_t one : within) objects[one] = object;
    }
  }
  return objects;
}

RuleEffort& effort_of(std::vector<RuleEffort>& rules, std::string_view rule, const Work& work) {
  const auto found = std::ranges::find_if(
      rules, [&](const RuleEffort& one) { return one.rule == rule && one.work->id == work.id; });
  return found != rules.end() ? *found : rules.emplace_back(RuleEffort{rule, &work, 0, 0});
}

}  // namespace

std::span<const Work> kinds_of_work() {
  return all_work;
}

const Work& work_of(const Diagnostic& finding) {
  const auto named = [&](const Work& work) -> const Work& {
    return *std::ranges::find(all_work, work.id, &Work::id);
  };
  // Of the pass consequences.
  if (finding.rule->id == "object-not-translated") return named(consequence);
  if (finding.severity == Severity::info) return named(remark);
  if (finding.severity == Severity::warning) return named(decision);
  const bool runs = std::ranges::find(code_categories, finding.rule->category) != code_categories.end();
  return named(runs ? code : definition);
}

std::vector<ObjectEffort> estimate_effort(const Compiled& compiled) {
  const JudgedFindings& findings = compiled.findings;
  const std::vector<std::string> objects = objects_of_findings(compiled);
  std::map<std::string, std::vector<RuleEffort>> by_object;
  std::set<std::string_view> known_rules;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Diagnostic& finding = findings.diagnostics[i];
    const Work& work = work_of(finding);
    if (findings.acknowledged[i] || work.first + work.each == 0) continue;
    RuleEffort& effort = effort_of(by_object[objects[i]], finding.rule->id, work);
    ++effort.findings;
    effort.points += work.each + (known_rules.insert(finding.rule->id).second ? work.first : 0);
  }
  std::vector<ObjectEffort> efforts;
  for (auto& [object, rules] : by_object) {
    std::ranges::stable_sort(rules, std::ranges::greater(), &RuleEffort::points);
    ObjectEffort effort{object, 0, std::move(rules)};
    for (const RuleEffort& rule : effort.rules) effort.points += rule.points;
    efforts.push_back(std::move(effort));
  }
  std::ranges::stable_sort(efforts, std::ranges::greater(), &ObjectEffort::points);
  return efforts;
}

}  // namespace pg2crdb
