#include "driver/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

Result<std::vector<std::string>> rule_files(const std::string& path) {
  std::error_code problem;
  if (!fs::is_directory(path, problem)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator it(path, problem), end; !problem && it != end;
       it.increment(problem)) {
    if (it->path().extension() == ".rule") files.push_back(it->path().string());
  }
  if (problem) return usage_error(fmt::format("the folder {} cannot be read: {}", path, problem.message()));
  if (files.empty())
    return usage_error(fmt::format("the folder {} holds no rules", path), "rule files are named *.rule");
  std::sort(files.begin(), files.end());
  return files;
}

/// What only the whole program knows: passes, and findings that others report.
std::optional<Error> check(const rewrite::RuleFile& file, const PipelineOptions& pipeline) {
  for (const rewrite::RewriteRule& rule : file.rules) {
    auto wrong = [&](std::string message, std::string advice) {
      return to_error(
          rewrite::problem_at(file.path, file.text, rule.place, std::move(message), std::move(advice)));
    };
    if (rule.placement && find_pass(rule.placement->pass) == nullptr) {
      std::vector<std::string> names;
      for (const Pass* pass : all_passes()) names.emplace_back(pass->name);
      const std::string near = nearest(rule.placement->pass, names);
      return wrong(
          fmt::format("the rule `{}` runs next to `{}`, which is no pass", rule.name, rule.placement->pass),
          near.empty() ? "`pg2crdb passes list` names them" : fmt::format("did you mean `{}`?", near));
    }
    if (rule.finding != nullptr && find_any_rule(rule.finding->id, pipeline.placed) != nullptr) {
      return wrong(fmt::format("the finding `{}` is one of pg2crdb's own", rule.finding->id),
                   "give the rule another name");
    }
  }
  return {};
}

}  // namespace

Error to_error(const rewrite::RuleProblem& problem) {
  std::string message = fmt::format("{}:{}:{}: {}\n{}", problem.path, problem.line, problem.column,
                                    problem.message, problem.excerpt);
  while (message.ends_with('\n')) message.pop_back();
  return usage_error(std::move(message), problem.advice);
}

Result<std::shared_ptr<const rewrite::RuleSet>> load_rules(const std::vector<std::string>& paths,
                                                           const PipelineOptions& pipeline) {
  std::vector<std::unique_ptr<rewrite::RuleFile>> files;
  std::set<fs::path> seen;
  for (const std::string& path : paths) {
    const auto names = rule_files(path);
    if (!names) return names.error();
    for (const std::string& name : *names) {
      std::error_code unread;
      if (!seen.insert(fs::weakly_canonical(name, unread)).second) continue;
      std::ifstream stream(name, std::ios::binary);
      std::ostringstream text;
      if (stream) text << stream.rdbuf();
      if (!stream) return usage_error(fmt::format("the rule file {} cannot be read", name));
      auto read = rewrite::read_rule_file(name, text.str());
      if (const auto* problem = std::get_if<rewrite::RuleProblem>(&read)) return to_error(*problem);
      files.push_back(std::move(std::get<std::unique_ptr<rewrite::RuleFile>>(read)));
      if (auto error = check(*files.back(), pipeline)) return *error;
    }
  }
  auto made = rewrite::RuleSet::make(std::move(files));
  if (const auto* problem = std::get_if<rewrite::RuleProblem>(&made)) return to_error(*problem);
  return std::shared_ptr<const rewrite::RuleSet>(
      std::move(std::get<std::unique_ptr<rewrite::RuleSet>>(made)));
}

std::vector<const rewrite::RewriteRule*> rewrite_rules(const Choices& choices) {
  std::vector<const rewrite::RewriteRule*> rules;
  for (const Pass* pass : all_passes()) {
    if (pass->rule_file == nullptr) continue;
    for (const rewrite::RewriteRule& rule : pass->rule_file->rules) rules.push_back(&rule);
  }
  if (choices.rules != nullptr) {
    for (const rewrite::RewriteRule* rule : choices.rules->rules()) rules.push_back(rule);
  }
  return rules;
}

}  // namespace pg2crdb
