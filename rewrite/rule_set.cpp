#include "rewrite/rule_set.h"

#include <algorithm>

#include "rewrite/rule_table.h"
#include "support/result.h"

namespace pg2crdb::rewrite {
namespace {

/// "rules", "rules-after-map-types".
std::string pass_name(const std::optional<Placement>& placement) {
  if (!placement) return "rules";
  return std::string("rules-") + (placement->side == Placement::Side::before ? "before-" : "after-") +
         placement->pass;
}

std::optional<RuleProblem> find_clash(const std::vector<std::unique_ptr<RuleFile>>& files) {
  std::vector<std::pair<const RewriteRule*, const RuleFile*>> seen;
  for (const auto& file : files) {
    for (const RewriteRule& rule : file->rules) {
      for (const auto& [other, other_file] : seen) {
        if (other->name == rule.name)
          return problem_at(file->path, file->text, rule.place,
                            "the rule `" + rule.name + "` is declared twice: first at " + other->shown(), {});
        const bool same_id = rule.finding != nullptr && other->finding != nullptr &&
                             file.get() != other_file && rule.finding->id == other->finding->id;
        if (same_id)
          return problem_at(file->path, file->text, rule.place,
                            "the finding `" + std::string(rule.finding->id) +
                                "` is declared twice: first for " + other->shown(),
                            {});
      }
      seen.emplace_back(&rule, file.get());
    }
  }
  return std::nullopt;
}

}  // namespace

std::variant<std::unique_ptr<RuleSet>, RuleProblem> RuleSet::make(
    std::vector<std::unique_ptr<RuleFile>> files) {
  if (std::optional<RuleProblem> clash = find_clash(files)) return std::move(*clash);
  std::unique_ptr<RuleSet> set(new RuleSet);
  set->files_ = std::move(files);
  std::vector<const RuleFile*> all_files;
  for (const auto& file : set->files_) all_files.push_back(file.get());
  if (std::optional<RuleProblem> shadowed = find_shadowed(set->rules(), all_files))
    return std::move(*shadowed);

  struct Group {
    std::string name;
    Placement placement;
    std::vector<const RewriteRule*> rules;
  };
  std::vector<Group> groups;
  for (const RewriteRule* rule : set->rules()) {
    const std::string name = pass_name(rule->placement);
    auto it =
        std::find_if(groups.begin(), groups.end(), [&](const Group& group) { return group.name == name; });
    if (it == groups.end()) it = groups.insert(it, {name, rule->placement.value_or(Placement{}), {}});
    it->rules.push_back(rule);
  }
  bool first = true;
  for (Group& group : groups) {
    std::vector<FindingKind>& findings = set->findings_.emplace_back();
    for (const RewriteRule* rule : group.rules) {
      const auto known = std::find_if(findings.begin(), findings.end(), [&](const FindingKind& other) {
        return rule->finding != nullptr && other.id == rule->finding->id;
      });
      if (rule->finding != nullptr && known == findings.end()) findings.push_back(*rule->finding);
    }
    // What the engine itself reports is declared by the first of them.
    if (first) findings.insert(findings.end(), engine_rules.begin(), engine_rules.end());
    first = false;
    auto program = std::make_shared<RuleProgram>(std::move(group.rules));
    Pass& pass = set->passes_.emplace_back();
    pass.name = set->names_.emplace_back(std::move(group.name));
    pass.category = "rules";
    pass.fidelity = Fidelity::changes_behaviour;
    pass.summary = "runs the rules of --rules";
    pass.rules = findings;
    pass.run = [program](PassContext& context) { program->run(context); };
    set->placed_.push_back({&pass, group.placement});
  }
  return set;
}

std::vector<const RewriteRule*> RuleSet::rules() const {
  std::vector<const RewriteRule*> all;
  for (const auto& file : files_) {
    for (const RewriteRule& rule : file->rules) all.push_back(&rule);
  }
  return all;
}

const RewriteRule* RuleSet::find(std::string_view name) const {
  for (const RewriteRule* rule : rules()) {
    if (rule->name == name) return rule;
  }
  return nullptr;
}

std::unique_ptr<RuleFile> checked_rule_file(std::string path, std::string text) {
  ReadRules read = read_rule_file(std::move(path), std::move(text));
  if (const auto* problem = std::get_if<RuleProblem>(&read)) throw InternalError(problem->text());
  auto file = std::move(std::get<std::unique_ptr<RuleFile>>(read));
  if (!file->header) throw InternalError(file->path + " does not begin with `pass`");
  std::vector<const RewriteRule*> rules;
  for (const RewriteRule& rule : file->rules) rules.push_back(&rule);
  if (const auto shadowed = find_shadowed(rules, {file.get()})) throw InternalError(shadowed->text());
  return file;
}

Pass read_rule_pass(const Pass& unread, std::string_view table) {
  std::string path(unread.rule_path);
  std::shared_ptr<RuleFile> file = table.empty()
                                       ? checked_rule_file(std::move(path), std::string(unread.rule_text))
                                       : from_table(std::move(path), table);
  std::vector<const RewriteRule*> rules;
  for (RewriteRule& rule : file->rules) {
    rule.touches_as = unread.name;
    rules.push_back(&rule);
  }
  Pass pass = unread;
  pass.category = file->header->category;
  pass.fidelity = file->header->fidelity;
  pass.in_order = file->header->in_order;
  pass.summary = file->header->summary;
  pass.rules = file->findings;
  pass.run = [rules](PassContext& context) { RuleProgram(rules, Bodies::passed_by).run(context); };
  pass.rule_file = file;
  return pass;
}

}  // namespace pg2crdb::rewrite
