#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>

#include "driver/command.h"
#include "driver/config.h"
#include "driver/rules.h"
#include "driver/rules_page.h"
#include "driver/workload_findings.h"
#include "grammar/cockroachdb.h"
#include "parser/parser.h"
#include "passes/pipeline.h"
#include "rewrite/rule_test.h"
#include "scan/value_checks.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

struct ListedRule {
  const FindingKind* rule;
  std::string by;  // the passes, "parser", "grammar" or "decisions"
};

std::vector<ListedRule> listed_rules(const PipelineOptions& pipeline) {
  std::vector<ListedRule> rules;
  for (const FindingKind& rule : parser_rules) rules.push_back({&rule, "parser"});
  for (const Pass* pass : passes_in_order(pipeline)) {
    for (const FindingKind& rule : pass->rules) {
      const auto listed = std::find_if(rules.begin(), rules.end(),
                                       [&](const ListedRule& other) { return other.rule->id == rule.id; });
      if (listed == rules.end()) {
        rules.push_back({&rule, std::string(pass->name)});
      } else {
        listed->by += fmt::format(", {}", pass->name);
      }
    }
  }
  rules.push_back({&cockroachdb_syntax, "grammar"});
  for (const FindingKind& rule : scan_rules) rules.push_back({&rule, "scan"});
  for (const FindingKind& rule : driver_rules) rules.push_back({&rule, "decisions"});
  for (const FindingKind& rule : workload_rules) rules.push_back({&rule, "workload"});
  return rules;
}

std::string as_json(const ListedRule& listed) {
  std::string out = "{";
  const std::pair<std::string_view, std::string_view> members[] = {
      {"id", listed.rule->id},
      {"severity", to_string(listed.rule->severity)},
      {"category", listed.rule->category},
      {"reported_by", listed.by},
      {"summary", listed.rule->summary},
      {"advice", listed.rule->advice}};
  for (const auto& [name, value] : members) {
    if (out.size() > 1) out += ", ";
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, value);
  }
  return out + "}";
}

/// Rules that rewrite without a finding of their own.
std::vector<const rewrite::RewriteRule*> silent_rules(const Choices& choices) {
  std::vector<const rewrite::RewriteRule*> rules = rewrite_rules(choices);
  std::erase_if(rules, [](const rewrite::RewriteRule* rule) { return rule->finding != nullptr; });
  return rules;
}

void list(const Choices& choices, bool json) {
  const std::vector<ListedRule> rules = listed_rules(choices.pipeline);
  if (json) {
    std::string out;
    for (const ListedRule& listed : rules) out += (out.empty() ? "" : ",\n") + as_json(listed);
    fmt::print("[\n{}\n]\n", out);
    return;
  }
  for (const ListedRule& listed : rules) {
    fmt::print("{:<36} {:<8} {}\n", listed.rule->id, to_string(listed.rule->severity), listed.rule->summary);
  }
  for (const rewrite::RewriteRule* rule : silent_rules(choices)) {
    fmt::print("{:<36} {:<8} {}:{}\n", rule->name, "rewrites", rule->file, rule->line);
  }
}

/// The text of a rewrite rule, from its name to the next rule.
std::string rule_text(const rewrite::RewriteRule& rule, const rewrite::RuleFile& file) {
  const size_t begin = file.text.rfind("rule", rule.place.begin);
  size_t end = file.text.size();
  for (const rewrite::RewriteRule& other : file.rules) {
    if (other.place.begin > rule.place.begin) end = std::min(end, file.text.rfind("rule", other.place.begin));
  }
  std::string text = file.text.substr(begin, end - begin);
  // Comments before the next rule are that one's.
  for (size_t line; (line = text.rfind('\n', text.size() - 2)) != std::string::npos;) {
    const std::string last = text.substr(line + 1);
    if (last.find_first_not_of(" \n") != std::string::npos && !last.starts_with("--")) break;
    text.erase(line + 1);
  }
  return text;
}

/// The rule files of the built-in passes, from their texts: a pass that runs has no more of them than it
/// needs.
std::vector<std::unique_ptr<rewrite::RuleFile>> built_in_files() {
  std::vector<std::unique_ptr<rewrite::RuleFile>> files;
  for (const Pass* pass : all_passes()) {
    if (pass->rule_file != nullptr)
      files.push_back(rewrite::checked_rule_file(std::string(pass->rule_path), std::string(pass->rule_text)));
  }
  return files;
}

/// How the rewrite rules that report `id`, or are called so, are written.
std::string written_as(const Choices& choices, const std::string& id) {
  const std::vector<std::unique_ptr<rewrite::RuleFile>> built_in = built_in_files();
  std::vector<const rewrite::RuleFile*> files;
  for (const auto& file : built_in) files.push_back(file.get());
  if (choices.rules != nullptr) {
    for (const auto& file : choices.rules->files()) files.push_back(file.get());
  }
  std::string out;
  for (const rewrite::RuleFile* file : files) {
    for (const rewrite::RewriteRule& rule : file->rules) {
      if (rule.name != id && (rule.finding == nullptr || rule.finding->id != id)) continue;
      out += fmt::format("\n{}:{}\n{}", file->path, rule.line, rule_text(rule, *file));
    }
  }
  return out;
}

int explain(const Choices& choices, const std::string& id, bool json) {
  const std::string written = written_as(choices, id);
  for (const ListedRule& listed : listed_rules(choices.pipeline)) {
    if (listed.rule->id != id) continue;
    const FindingKind& rule = *listed.rule;
    if (json) {
      fmt::print("{}\n", as_json(listed));
    } else {
      const std::string example = rule_example(id);
      fmt::print("{}\n\n{}\n{}\n\nseverity:    {}\ncategory:    {}\nreported by: {}\n{}{}{}", rule.id,
                 rule.summary, rule.advice, to_string(rule.severity), rule.category, listed.by,
                 example.empty() ? "" : "\nfor example:\n\n", example, written);
    }
    return exit_clean;
  }
  if (written.empty() || json) return fail(*unknown_rule(id, choices.pipeline));
  fmt::print("{}\n\nA rewrite rule that reports nothing under this name.\n{}", id, written);
  return exit_clean;
}

// --- test

/// True where all of a file's tests passed.
bool test_file(const rewrite::RuleFile& file) {
  size_t passed = 0, failed = 0, untested = 0;
  for (const rewrite::RewriteRule& rule : file.rules) {
    untested += rule.tests.empty() ? 1 : 0;
    for (const rewrite::RuleTestResult& result : rewrite::run_tests(rule)) {
      if (result.passed) {
        ++passed;
        continue;
      }
      ++failed;
      const rewrite::RuleProblem at =
          rewrite::problem_at(file.path, file.text, {result.place.begin, result.place.begin + 4},
                              fmt::format("the test of rule `{}` fails", rule.name), {});
      fmt::print("{}{}", at.text(), result.problem);
    }
  }
  fmt::print("{}: {} passed, {} failed", file.path, passed, failed);
  if (untested > 0) fmt::print(", {} {} no test", untested, untested == 1 ? "rule has" : "rules have");
  fmt::print("\n");
  return failed == 0;
}

int test(const Choices& choices, const Options& options) {
  std::vector<std::string> paths(options.arguments.begin() + 1, options.arguments.end());
  std::shared_ptr<const rewrite::RuleSet> rules = choices.rules;
  if (!paths.empty()) {
    auto loaded = load_rules(paths, {});
    if (!loaded) return fail(loaded.error());
    rules = std::move(*loaded);
  }
  bool passed = true;
  if (rules == nullptr) {
    if (options.update) return fail(usage_error("`--update` needs a rule file to write to"));
    for (const auto& file : built_in_files()) passed = test_file(*file) && passed;
    return passed ? exit_clean : exit_findings;
  }
  for (const auto& file : rules->files()) {
    const bool all = test_file(*file);
    passed = passed && all;
    if (all || !options.update) continue;
    std::ofstream stream(file->path, std::ios::binary | std::ios::trunc);
    stream << rewrite::updated_text(*file);
    if (!stream.flush()) return fail(usage_error(fmt::format("{} cannot be written", file->path)));
    fmt::print("{}: updated; read the difference before you keep it\n", file->path);
  }
  return passed || options.update ? exit_clean : exit_findings;
}

// --- new

constexpr std::string_view new_file =
    R"(-- What the rule is for, in a sentence. docs/rule-language.md explains each line.
rule {0} warning in types 'amounts of money should not be floats'
  match column $table.$column double precision;
  where $column ~ '(price|amount|total)';
  rewrite as numeric;
  say '`$table.$column` looks like money and was a float';
  help 'Check that the application reads decimals.';
  test {{ CREATE TABLE t (price double precision NOT NULL); }}
    becomes {{ CREATE TABLE t (price numeric NOT NULL); }}
    reports '`t.price` looks like money and was a float';
  test {{ CREATE TABLE t (weight double precision); }} unchanged;
)";

int make_new(const std::string& name) {
  const std::string path = name + ".rule";
  const bool plain =
      !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!plain || name[0] == '-')
    return fail(usage_error(fmt::format("`{}` cannot be a rule's name: it is made of a-z, 0-9 and -", name)));
  if (std::filesystem::exists(path)) return fail(usage_error(fmt::format("{} is there already", path)));
  std::ofstream stream(path, std::ios::binary);
  stream << fmt::format(new_file, name);
  if (!stream.flush()) return fail(usage_error(fmt::format("{} cannot be written", path)));
  fmt::print("{0} is written: change it, then `pg2crdb rules test {0}`\n", path);
  return exit_clean;
}

int run(const Options& options) {
  const std::string action = options.arguments.empty() ? "list" : options.arguments[0];
  if (action == "new" && options.arguments.size() == 2) return make_new(options.arguments[1]);
  const auto choices = make_choices(options, "-");
  if (!choices) return fail(choices.error());
  const bool json = options.format == "json";
  if (action == "list" && options.arguments.size() < 2) {
    list(*choices, json);
    return exit_clean;
  }
  if (action == "explain" && options.arguments.size() == 2)
    return explain(*choices, options.arguments[1], json);
  if (action == "test") return test(*choices, options);
  return fail(usage_error("`pg2crdb rules` takes `list`, `explain ID`, `test [PATH...]` or `new NAME`"));
}

}  // namespace

const Command rules_command = {
    {.name = "rules",
     .arguments = "list|explain ID|test [PATH...]|new NAME",
     .summary = "the lint and rewrite rules, built in and yours",
     .details =
         "`list` has one line a rule, `explain` says what one means, what to do and how it is written. "
         "`test` "
         "runs the tests in rule files: those at PATH, else those of --rules and pg2crdb.toml, else the "
         "built-in ones. `new` writes NAME.rule to begin with.",
     .groups = {OptionGroup::outside, OptionGroup::update, OptionGroup::settings, OptionGroup::format},
     .formats = "text|json",
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples = {"pg2crdb rules list", "pg2crdb rules explain unused-decision",
                  "pg2crdb rules new no-float-money", "pg2crdb rules test no-float-money.rule"}},
    run,
};

}  // namespace pg2crdb
