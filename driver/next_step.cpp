#include "driver/next_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "driver/execution.h"
#include "driver/findings_by_place.h"
#include "driver/options.h"
#include "runtime/secrets.h"
#include "support/counted.h"

namespace pg2crdb {
namespace {

// Of the pass consequences: it goes away with what it waits for.
constexpr std::string_view consequence = "object-not-translated";

/// Statements that do not need a person, and are not well either.
struct Unwell {
  uint64_t lost = 0;   ///< they leave the output, and a finding warns of it
  uint64_t wrong = 0;  ///< a finding is an error
};

Unwell unwell_statements(const Compiled& compiled) {
  const FindingsByPlace by_place(compiled.findings);
  Unwell count;
  for (const CompiledInput& input : compiled.inputs) {
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.id >= input.statements_read || statement.fate == ast::Fate::needs_person) continue;
      const auto has_from = [&](Severity severity) {
        return std::ranges::any_of(by_place.within(statement.span), [&](size_t one) {
          return !compiled.findings.acknowledged[one] &&
                 compiled.findings.diagnostics[one].severity >= severity;
        });
      };
      if (statement.fate == ast::Fate::dropped) {
        count.lost += has_from(Severity::warning) ? 1 : 0;
      } else {
        count.wrong += has_from(Severity::error) ? 1 : 0;
      }
    }
  }
  return count;
}

struct Foremost {
  std::string_view rule;
  size_t findings = 0;
  size_t of = 0;  ///< all that are as severe
};

/// The rule with the most findings of a severity that nobody acknowledged; consequences come last.
Foremost foremost(const JudgedFindings& findings, Severity severity) {
  std::map<std::string_view, size_t> counts;
  Foremost best;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    if (findings.acknowledged[i] || findings.diagnostics[i].severity != severity) continue;
    ++counts[findings.diagnostics[i].rule->id];
    ++best.of;
  }
  for (const auto& [rule, count] : counts) {
    const bool replaces_consequence = best.rule == consequence;
    if (best.rule.empty() || replaces_consequence || (rule != consequence && count > best.findings)) {
      best.rule = rule;
      best.findings = count;
    }
  }
  return best;
}

std::string words(const std::vector<std::string>& arguments) {
  std::string out;
  for (const std::string& word : arguments) out += " " + shell_word(without_password(word));
  return out;
}

std::string explain_command(const Foremost& rule, Severity severity) {
  return fmt::format("pg2crdb rules explain {}  # {} of {}", rule.rule, with_commas(rule.findings),
                     counted(rule.of, to_string(severity)));
}

/// Empty where nothing is left to be done. What comes through a pipe is not read again.
std::string command_to_go_on(const Compiled& compiled, const Options& options, std::string_view command) {
  const JudgedFindings& findings = compiled.findings;
  const bool is_lint = command == "lint";
  const bool is_mended = options.fix || options.diff;
  const bool is_read_again = std::ranges::find(options.arguments, "-") == options.arguments.end();
  const std::string inputs = words(options.arguments);
  if (const Foremost errors = foremost(findings, Severity::error); errors.of > 0)
    return explain_command(errors, Severity::error);
  if (is_lint && options.in_order && !is_mended && is_read_again && compiled.ledger.rewritten > 0)
    return fmt::format("pg2crdb lint{} --diff", words(options.words));
  if (const Foremost warnings = foremost(findings, Severity::warning); warnings.of > 0)
    return explain_command(warnings, Severity::warning);
  if (options.in_order || !is_read_again) return {};
  if (is_lint) return fmt::format("pg2crdb compile{} --out-dir out", inputs);
  if (options.out_dir.empty()) return {};
  return fmt::format("pg2crdb apply {} --rehearse --target postgresql://...", shell_word(options.out_dir));
}

}  // namespace

std::string next_step(const Compiled& compiled, const Options& options, std::string_view command) {
  const Ledger& ledger = compiled.ledger;
  if (ledger.read == 0) return {};
  const Unwell unwell = unwell_statements(compiled);
  const uint64_t compiles = ledger.read - ledger.needs_person - unwell.lost - unwell.wrong;
  std::string out =
      fmt::format("{} {} by {}", counted(compiles, "statement"), compiles == 1 ? "compiles" : "compile",
                  compiles == 1 ? "itself" : "themselves");
  if (ledger.needs_person > 0)
    out += fmt::format("; {} {} a person", with_commas(ledger.needs_person),
                       ledger.needs_person == 1 ? "needs" : "need");
  if (unwell.wrong > 0)
    out += fmt::format("; {} {} an error", with_commas(unwell.wrong), unwell.wrong == 1 ? "has" : "have");
  if (unwell.lost > 0)
    out += fmt::format("; {} would be lost: dropped, with a warning", with_commas(unwell.lost));
  const std::string go_on = command_to_go_on(compiled, options, command);
  return out + (go_on.empty() ? "\n" : "\nnext: " + go_on + "\n");
}

}  // namespace pg2crdb
