#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "driver/command.h"
#include "driver/compile.h"
#include "driver/decision_file.h"
#include "driver/output_files.h"

namespace pg2crdb {
namespace {

/// One for each rule, or one by what else was given.
Result<std::vector<Decision>> decisions_of(const Options& options, const Compiled& compiled) {
  if (options.reason.empty()) return usage_error("`pg2crdb decide` needs --reason TEXT");
  Decision decision;
  decision.action = parse_action(options.action).value_or(DecisionAction::acknowledge);
  decision.object = options.decided_object;
  decision.find = options.find;
  if (options.regular_expression) decision.expression = RegularExpression(options.find);
  decision.reason = options.reason;
  decision.until = options.until;
  if (decision.action == DecisionAction::replace) decision.sql = options.sql;
  if (decision.action == DecisionAction::add) decision.sql = statement_text(options.sql);
  decision.position = parse_position(options.position);
  if (options.line > 0) {
    if (compiled.input_paths().size() > 1)
      return usage_error("`--line` is of one INPUT", "name the INPUT alone that has the statement");
    const auto statement = statement_in_line(compiled.inputs[0], options.line);
    if (!statement) return statement.error();
    auto text = text_to_decide_on(compiled.inputs[0], **statement);
    if (!text) return text.error();
    decision.statement = std::move(*text);
  }
  std::vector<std::string> rules = split_commas(options.decided_rules);
  std::ranges::sort(rules);
  rules.erase(std::ranges::unique(rules).begin(), rules.end());
  if (rules.empty() && decision.action == DecisionAction::add_user) rules = {"missing-role"};
  if (rules.empty()) rules.emplace_back();
  std::vector<Decision> decisions;
  for (const std::string& rule : rules) {
    decision.rule = rule;
    decisions.push_back(decision);
  }
  return decisions;
}

std::optional<Error> wrong_options(const Options& options) {
  const bool acknowledges = options.action.empty() || options.action == "acknowledge";
  if (acknowledges && options.decided_rules.empty())
    return usage_error("`pg2crdb decide` needs --rule ID",
                       "`pg2crdb lint INPUT --statistics` names those with findings");
  if (options.in_order && !acknowledges)
    return usage_error("`--in-order` goes with `--action acknowledge` alone",
                       "edit the statement where it stands: migrations are written by hand");
  return {};
}

std::string counted_findings(const std::vector<Decision>& decisions, size_t count, uint64_t line) {
  const bool acknowledges = decisions[0].action == DecisionAction::acknowledge;
  if (decisions[0].action == DecisionAction::add) return "1 statement is added";
  const bool of_findings = acknowledges || decisions[0].action == DecisionAction::add_user;
  const std::string_view what = of_findings ? "finding" : "statement";
  if (line > 0 && count > 1 && !of_findings)
    return fmt::format("{} statements that read the same, not that of line {} alone, are decided on, to {}",
                       with_commas(count), line, to_string(decisions[0].action));
  const std::string subject =
      count == 1 ? fmt::format("1 {} is", what) : fmt::format("{} {}s are", with_commas(count), what);
  return acknowledges ? subject + " acknowledged"
                      : fmt::format("{} decided on, to {}", subject, to_string(decisions[0].action));
}

int run(const Options& options) {
  if (const auto error = wrong_options(options)) return fail(*error);
  auto result = compile_inputs(options, options.arguments);
  if (!result) return fail(result.error());
  const Compiled& compiled = until_exit(std::move(*result));
  const auto decisions = decisions_of(options, compiled);
  if (!decisions) return fail(decisions.error());
  const Result<size_t> count = check_decisions(*decisions, compiled);
  if (!count) return fail(count.error());
  const auto file = find_decision_file(options, compiled.choices.config);
  if (!file) return fail(file.error());
  const Result<std::string> after = with_decisions(*file, *decisions);
  if (!after) return fail(after.error());
  OutputFiles files(compiled.input_paths());
  if (auto added = files.add(file->path, *after); !added) return fail(added.error());
  if (auto committed = files.commit(); !committed) return fail(committed.error());
  fmt::print("{}", toml_decisions(*decisions));
  if (!options.quiet)
    fmt::print(stderr, "pg2crdb: {} in {}\n", counted_findings(*decisions, *count, options.line), file->path);
  return exit_clean;
}

}  // namespace

const Command decide_command = {
    {.name = "decide",
     .arguments = "INPUT...",
     .summary =
         "decide in pg2crdb.toml on findings of a rule or on statements: acknowledge, delete, replace ...",
     .details = "Compiles each INPUT as `lint` does, and writes a [[decision]] for each rule behind what the "
                "configuration "
                "has: docs/configuration.md. Without --action it acknowledges findings. Nothing is written "
                "where nothing fits.",
     .groups = {OptionGroup::input, OptionGroup::reading, OptionGroup::release, OptionGroup::answers,
                OptionGroup::outside, OptionGroup::decisions, OptionGroup::settings, OptionGroup::order},
     .formats = {},
     .least_arguments = 1,
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples =
         {"pg2crdb decide dump.sql --rule function-setting --reason \"the role sets its search_path\"",
          "pg2crdb decide dump.sql --action delete --line 120 --reason \"nobody calls it\"",
          "pg2crdb decide dump.sql --action replace --find 'pg_catalog.' --sql '' --object 'public.*' "
          "--reason why",
          "pg2crdb decide dump.sql --action replace --regular-expression --find 'int[248]' --sql bigint "
          "--reason why",
          "pg2crdb decide db --rule function-body --object 'public.report_*' --reason \"by hand\""}},
    run};

}  // namespace pg2crdb
