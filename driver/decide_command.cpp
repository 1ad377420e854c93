#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <limits>

#include "driver/command.h"
#include "driver/compile.h"
#include "driver/output_files.h"
#include "driver/toml_text.h"

namespace pg2crdb {
namespace {

namespace fs = std::filesystem;

std::optional<Error> wrong_options(const Options& options) {
  if (options.decided_rules.empty())
    return usage_error("`pg2crdb decide` needs --rule ID",
                       "`pg2crdb lint INPUT --statistics` names those with findings");
  if (options.reason.empty()) return usage_error("`pg2crdb decide` needs --reason TEXT");
  if (options.until.empty()) return std::nullopt;
  if (is_toml_day(options.until)) {
    if (options.until >= today()) return std::nullopt;
    return usage_error(
        fmt::format("`--until {}` is over: the decision would hold for no day", options.until));
  }
  return usage_error(fmt::format("`--until` needs a day such as 2030-12-31, not `{}`", options.until));
}

/// The configuration that the inputs are read with, or where it is to be.
std::string config_path(const Options& options, const Config& config) {
  if (!config.path.empty()) return config.path;
  if (!options.config.empty()) return options.config;
  const fs::path input = options.arguments.front();
  std::error_code ignored;
  const fs::path folder = fs::is_directory(input, ignored)      ? input
                          : fs::is_regular_file(input, ignored) ? input.parent_path()
                                                                : fs::path();
  return (folder / "pg2crdb.toml").string();
}

/// Word for word; nothing of a file that is not there yet.
Result<std::string> text_of(const Config& config, const std::string& path) {
  if (!config.path.empty()) return config.text;
  if (std::error_code ignored; !fs::exists(path, ignored)) return std::string();
  Result<Config> unread = read_config(path);  // --no-config
  if (!unread) return unread.error();
  return std::move(unread->text);
}

/// Findings that nobody has acknowledged yet.
size_t left_to(const Decision& decision, const JudgedFindings& findings) {
  size_t count = 0;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    if (!findings.acknowledged[i] && matches(decision, findings.diagnostics[i])) ++count;
  }
  return count;
}

/// What a file holds with the decisions behind it, with line ends as it has them. Fails where that is no
/// configuration any more: `decision = []` cannot be added to.
Result<std::string> with_decisions(std::string before, const std::string& decisions,
                                   const std::string& path) {
  if (!before.empty() && !before.ends_with('\n')) before += '\n';
  const bool windows = before.find("\r\n") != std::string::npos;
  std::string after = std::move(before);
  for (const char c : after.empty() ? decisions.substr(1) : decisions) {
    if (c == '\n' && windows) after += '\r';
    after += c;
  }
  try {
    static_cast<void>(toml::parse(after));
  } catch (const toml::parse_error& problem) {
    return usage_error(fmt::format("{} cannot be added to: {}", path, problem.description()),
                       "nothing was written; each decision has to be a [[decision]] of its own");
  }
  return after;
}

int run(const Options& options) {
  if (const auto error = wrong_options(options)) return fail(*error);
  auto result = compile_inputs(options, options.arguments);
  if (!result) return fail(result.error());
  const Compiled& compiled = until_exit(std::move(*result));
  std::string decisions;
  size_t all = 0;
  std::vector<std::string> rules = split_commas(options.decided_rules);
  std::ranges::sort(rules);
  rules.erase(std::ranges::unique(rules).begin(), rules.end());
  for (const std::string& rule : rules) {
    if (const auto error = unknown_rule(rule, compiled.choices.pipeline)) return fail(*error);
    Decision decision;
    decision.rule = rule;
    decision.object = options.decided_object;
    decision.reason = options.reason;
    decision.until = options.until;
    const size_t count = left_to(decision, compiled.findings);
    if (count == 0)
      return fail(usage_error(
          fmt::format(
              "no finding of `{}`{} is left to decide on", rule,
              options.decided_object.empty() ? "" : fmt::format(" about `{}`", options.decided_object)),
          "nothing was written; `pg2crdb lint INPUT --format jsonl` names the object of each finding"));
    decisions += "\n" + toml_decision(decision);
    all += count;
  }
  const std::string path = config_path(options, compiled.choices.config);
  Result<std::string> before = text_of(compiled.choices.config, path);
  if (!before) return fail(before.error());
  const Result<std::string> after = with_decisions(std::move(*before), decisions, path);
  if (!after) return fail(after.error());
  OutputFiles files(compiled.input_paths());
  if (auto added = files.add(path, *after); !added) return fail(added.error());
  if (auto committed = files.commit(); !committed) return fail(committed.error());
  fmt::print("{}", decisions.substr(1));
  if (!options.quiet)
    fmt::print(stderr, "pg2crdb: {} acknowledged in {}\n",
               all == 1 ? "1 finding is" : fmt::format("{} findings are", with_commas(all)), path);
  return exit_clean;
}

}  // namespace

const Command decide_command = {
    {.name = "decide",
     .arguments = "INPUT...",
     .summary = "acknowledge findings of a rule in pg2crdb.toml, all of them or those of some objects",
     .details = "Compiles each INPUT as `lint` does, and writes a [[decision]] for each rule behind what the "
                "configuration "
                "has: docs/configuration.md. Nothing is written where a rule has no finding that fits.",
     .groups = {OptionGroup::input, OptionGroup::reading, OptionGroup::release, OptionGroup::answers,
                OptionGroup::outside, OptionGroup::decisions, OptionGroup::settings, OptionGroup::order},
     .formats = {},
     .least_arguments = 1,
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples =
         {"pg2crdb decide dump.sql --rule function-setting --reason \"the role sets its search_path\"",
          "pg2crdb decide db --rule function-body --object 'public.report_*' --reason \"by hand\""}},
    run};

}  // namespace pg2crdb
