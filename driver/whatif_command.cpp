#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "ast/describe.h"
#include "driver/command.h"
#include "driver/compile.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

/// What a script comes to for one release.
struct Outcome {
  std::string release;
  uint64_t needs_person = 0;
  size_t errors = 0, warnings = 0, infos = 0;
  std::map<std::pair<Severity, std::string>, size_t> findings;  ///< by severity and rule: how many
};

/// A statement that needs a person for some of the releases.
struct Held {
  std::string place, kind, object;
  std::vector<std::string> reasons;  ///< one a release; empty: it compiles
};

struct Comparison {
  std::vector<Outcome> outcomes;
  std::map<std::pair<size_t, ast::StatementId>, Held> held;  ///< by input and statement

  /// Not alike for all releases.
  std::vector<const Held*> different() const {
    std::vector<const Held*> some;
    for (const auto& [id, one] : held) {
      if (std::ranges::any_of(one.reasons, &std::string::empty)) some.push_back(&one);
    }
    return some;
  }
};

void add_outcome(Comparison& comparison, const Compiled& compiled) {
  const size_t index = comparison.outcomes.size();
  Outcome& outcome = comparison.outcomes.emplace_back();
  outcome.release = to_string(compiled.choices.target.version());
  outcome.needs_person = compiled.ledger.needs_person;
  outcome.errors = compiled.findings.count(Severity::error);
  outcome.warnings = compiled.findings.count(Severity::warning);
  outcome.infos = compiled.findings.count(Severity::info);
  for (size_t i = 0; i < compiled.findings.diagnostics.size(); ++i) {
    const Diagnostic& finding = compiled.findings.diagnostics[i];
    if (!compiled.findings.acknowledged[i])
      ++outcome.findings[{finding.severity, std::string(finding.rule->id)}];
  }
  for (size_t i = 0; i < compiled.inputs.size(); ++i) {
    const CompiledInput& input = compiled.inputs[i];
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.fate != ast::Fate::needs_person || statement.id >= input.statements_read) continue;
      Held& held = comparison.held[{i, statement.id}];
      if (held.place.empty()) {
        const SourceFile& file = input.file->of(statement.span);
        held.place = fmt::format("{}:{}", file.name(), file.locate(statement.span.begin).line);
        held.kind = ast::statement_kind(statement.node);
        held.object = ast::statement_object(statement.node);
      }
      held.reasons.resize(index);
      held.reasons.push_back(statement.reason);
    }
  }
  for (auto& [id, held] : comparison.held) held.reasons.resize(index + 1);
}

/// In each release, 0 where it has none.
std::vector<size_t> counts_of(const Comparison& comparison, const std::pair<Severity, std::string>& rule) {
  std::vector<size_t> counts;
  for (const Outcome& outcome : comparison.outcomes) {
    const auto found = outcome.findings.find(rule);
    counts.push_back(found == outcome.findings.end() ? 0 : found->second);
  }
  return counts;
}

std::vector<std::pair<Severity, std::string>> rules_of(const Comparison& comparison) {
  std::vector<std::pair<Severity, std::string>> rules;
  for (const Outcome& outcome : comparison.outcomes) {
    for (const auto& [rule, count] : outcome.findings) {
      if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
    }
  }
  std::ranges::sort(rules, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  return rules;
}

std::string row(std::string_view what, const std::vector<std::string>& cells) {
  std::string out = fmt::format("{:<44}", what);
  for (const std::string& cell : cells) out += fmt::format("{:>10}", cell);
  return out + "\n";
}

template <class Value>
std::string row(std::string_view what, const Comparison& comparison, Value Outcome::*value) {
  std::vector<std::string> cells;
  for (const Outcome& outcome : comparison.outcomes) cells.push_back(with_commas(outcome.*value));
  return row(what, cells);
}

std::string as_text(const Comparison& comparison, bool all) {
  std::vector<std::string> releases;
  for (const Outcome& outcome : comparison.outcomes) releases.push_back(outcome.release);
  std::string out = row("CockroachDB", releases);
  out += row("statements that need a person", comparison, &Outcome::needs_person);
  out += row("errors", comparison, &Outcome::errors);
  out += row("warnings", comparison, &Outcome::warnings);
  out += row("infos", comparison, &Outcome::infos);

  std::string rules;
  for (const auto& rule : rules_of(comparison)) {
    const std::vector<size_t> counts = counts_of(comparison, rule);
    if (std::ranges::adjacent_find(counts, std::ranges::not_equal_to()) == counts.end()) continue;
    std::vector<std::string> cells;
    for (const size_t count : counts) cells.push_back(count == 0 ? "-" : with_commas(count));
    rules += row(fmt::format("  {} {}", to_string(rule.first), rule.second), cells);
  }
  out += rules.empty() ? "\nThe findings are the same.\n" : "\nFindings that are not the same:\n" + rules;

  constexpr size_t most = 20;
  const std::vector<const Held*> different = comparison.different();
  const size_t shown = all || different.size() <= most ? different.size() : most;
  if (shown > 0) out += "\nStatements that need a person for some of them:\n";
  for (size_t i = 0; i < shown; ++i) {
    const Held& held = *different[i];
    out += fmt::format("  {}: {}{}{}\n", held.place, held.kind, held.object.empty() ? "" : " ", held.object);
    for (size_t k = 0; k < held.reasons.size(); ++k) {
      if (!held.reasons[k].empty()) out += fmt::format("    {}: {}\n", releases[k], held.reasons[k]);
    }
  }
  if (shown < different.size()) out += fmt::format("  {} more: --all shows them\n", different.size() - shown);
  return out;
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format("\"{}\": ", name);
  append_json_string(out, text);
}

std::string as_json(const Comparison& comparison) {
  std::string out = "{\"releases\": [";
  for (const Outcome& outcome : comparison.outcomes) {
    out += out.back() == '[' ? "\n  {" : ",\n  {";
    append_member(out, "version", outcome.release);
    out += fmt::format(
        ", \"needs_person\": {}, \"errors\": {}, \"warnings\": {}, \"infos\": {}, \"findings\": {{",
        outcome.needs_person, outcome.errors, outcome.warnings, outcome.infos);
    for (const auto& [rule, count] : outcome.findings)
      out += fmt::format("{}\"{}\": {}", out.back() == '{' ? "" : ", ", rule.second, count);
    out += "}}";
  }
  out += "\n],\n\"needs_person\": [";
  for (const Held* held : comparison.different()) {
    out += out.back() == '[' ? "\n  {" : ",\n  {";
    append_member(out, "place", held->place);
    out += ", ";
    append_member(out, "kind", held->kind);
    out += ", ";
    append_member(out, "object", held->object);
    out += ", \"reasons\": {";
    for (size_t k = 0; k < held->reasons.size(); ++k) {
      if (held->reasons[k].empty()) continue;
      if (out.back() != '{') out += ", ";
      append_member(out, comparison.outcomes[k].release, held->reasons[k]);
    }
    out += "}}";
  }
  return out + "\n]}\n";
}

int run(const Options& given) {
  const std::vector<std::string> releases = split_commas(given.releases);
  if (releases.size() < 2)
    return fail(usage_error("an upgrade is compared with what is there",
                            "name the releases: `--crdb 25.2 --crdb 26.2`"));
  Comparison comparison;
  for (const std::string& release : releases) {
    Options options = given;
    options.crdb = release;
    const Result<Compiled> compiled = compile_inputs(options, given.arguments);
    if (!compiled) return fail(compiled.error());
    add_outcome(comparison, *compiled);
  }
  fmt::print("{}", given.format == "json" ? as_json(comparison) : as_text(comparison, given.all));
  return exit_clean;
}

}  // namespace

const Command whatif_command = {
    {.name = "whatif",
     .arguments = "INPUT...",
     .summary = "what another release of CockroachDB would save, or cost",
     .details =
         "Each INPUT is what `compile` takes, and compiled for each release of --crdb. The counts of all "
         "releases stand side by side on stdout, then the rules whose findings are not the same, and the "
         "statements that need a person for some of the releases alone. It judges nothing: the exit status "
         "is "
         "0 whatever is found.",
     .groups = {OptionGroup::input, OptionGroup::reading, OptionGroup::releases, OptionGroup::choices,
                OptionGroup::outside, OptionGroup::findings, OptionGroup::settings, OptionGroup::format,
                OptionGroup::order, OptionGroup::jobs},
     .formats = "text|json",
     .least_arguments = 1,
     .most_arguments = std::numeric_limits<size_t>::max(),
     .examples = {"pg2crdb whatif dump.sql --crdb 25.2 --crdb 26.2",
                  "pg2crdb whatif db/structure.sql --crdb 25.2.9,25.4,26.2 --format json"}},
    run,
};

}  // namespace pg2crdb
