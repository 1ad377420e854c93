#include <fmt/format.h>
#include <toml++/toml.h>

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
  try {
    const toml::table read = toml::parse("day = " + options.until);
    if (read.size() == 1 && read["day"].is_date()) return std::nullopt;
  } catch (const toml::parse_error&) {
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

int run(const Options& options) {
  if (const auto error = wrong_options(options)) return fail(*error);
  auto result = compile_inputs(options, options.arguments);
  if (!result) return fail(result.error());
  const Compiled& compiled = until_exit(std::move(*result));
  std::string decisions;
  size_t all = 0;
  for (const std::string& rule : split_commas(options.decided_rules)) {
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
  if (before->empty()) {
    decisions.erase(0, 1);
  } else if (!before->ends_with('\n')) {
    *before += '\n';
  }
  OutputFiles files(compiled.input_paths());
  if (auto added = files.add(path, *before + decisions); !added) return fail(added.error());
  if (auto committed = files.commit(); !committed) return fail(committed.error());
  fmt::print("{}", decisions);
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
