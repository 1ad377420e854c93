#include "driver/unacknowledged.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>

#include "ast/describe.h"
#include "driver/findings_by_place.h"
#include "order/missing.h"

namespace pg2crdb {
namespace {

// Both of the pass consequences.
constexpr std::string_view waits = "object-not-translated";
constexpr std::string_view not_in_file = "missing-object";

bool any_acknowledged(const JudgedFindings& findings, const FindingsByPlace& by_place,
                      const ast::Statement& statement) {
  return std::ranges::any_of(by_place.within(statement.span),
                             [&](size_t one) { return findings.acknowledged[one].has_value(); });
}

bool waits_for_another(const ast::Statement& statement, const JudgedFindings& findings,
                       const FindingsByPlace& by_place) {
  return std::ranges::any_of(by_place.within(statement.span),
                             [&](size_t one) { return findings.diagnostics[one].rule->id == waits; });
}

bool is_acknowledged(const ast::Name& outside, const JudgedFindings& findings) {
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Diagnostic& finding = findings.diagnostics[i];
    if (findings.acknowledged[i] && finding.rule->id == not_in_file && finding.object == to_string(outside))
      return true;
  }
  return false;
}

/// Takes out of `open` what waits for nothing but acknowledged statements, as often as that goes on.
void take_out_consequences(std::vector<ast::StatementId>& open, ast::Script script,
                           const JudgedFindings& findings, const FindingsByPlace& by_place) {
  const order::MissingObjects missing(script);
  std::set<ast::StatementId> left(open.begin(), open.end());
  const auto is_covered = [&](ast::StatementId statement, ast::ObjectId object) {
    ast::StatementId maker = missing.maker_of(object);
    if (maker == ast::no_statement) return is_acknowledged(script.objects[object].name, findings);
    while (script.statements[maker].fate == ast::Fate::merged) maker = script.statements[maker].merged_into;
    if (maker == statement) return true;
    if (left.contains(maker)) return false;
    const ast::Statement& made = script.statements[maker];
    return made.fate == ast::Fate::needs_person || any_acknowledged(findings, by_place, made);
  };
  const auto hangs_on_covered = [&](ast::StatementId id) {
    ast::Statement& statement = script.statements[id];
    const order::MissingObjects::List needed = missing.needed_by(statement);
    return !needed.empty() && waits_for_another(statement, findings, by_place) &&
           std::all_of(needed.begin(), needed.end(),
                       [&](ast::ObjectId object) { return is_covered(id, object); });
  };
  for (size_t before = left.size() + 1; left.size() < before;) {
    before = left.size();
    for (auto one = left.begin(); one != left.end();)
      one = hangs_on_covered(*one) ? left.erase(one) : std::next(one);
  }
  open.assign(left.begin(), left.end());
}

/// The rule by which a statement can be acknowledged; empty where no finding on it is shown.
std::string_view rule_for(const ast::Statement& statement, const JudgedFindings& findings,
                          const FindingsByPlace& by_place) {
  std::vector<size_t> numbers = by_place.within(statement.span);
  std::ranges::sort(numbers);
  std::string_view rule;
  for (const size_t one : numbers) {
    const std::string_view id = findings.diagnostics[one].rule->id;
    if (rule.empty() || id == waits) rule = id;
  }
  return rule;
}

}  // namespace

std::vector<ast::StatementId> unacknowledged_statements(const CompiledInput& input,
                                                        const JudgedFindings& findings) {
  const FindingsByPlace by_place(findings);
  std::vector<ast::StatementId> open;
  for (const ast::Statement& statement : input.script.statements) {
    if (input.workload && statement.span.file < input.workload_begin) continue;  // the schema's
    if (statement.fate == ast::Fate::needs_person && !any_acknowledged(findings, by_place, statement))
      open.push_back(statement.id);
  }
  if (!open.empty() && findings.count_acknowledged() > 0)
    take_out_consequences(open, input.script, findings, by_place);
  return open;
}

std::string unacknowledged_lines(const Compiled& compiled) {
  if (compiled.findings.any_from(compiled.choices.fail_on)) return {};
  const FindingsByPlace by_place(compiled.findings);
  std::string out;
  const auto into = std::back_inserter(out);
  for (const CompiledInput& input : compiled.inputs) {
    for (const ast::StatementId id : input.unacknowledged) {
      const ast::Statement& statement = input.script.statements[id];
      const SourceFile& file = input.file->of(statement.span);
      const std::string object = ast::statement_object(statement.node);
      fmt::format_to(into, "{}:{}: `{}{}{}` needs a person, which nobody acknowledged: {}\n", file.name(),
                     file.locate(statement.span.begin).line, ast::statement_kind(statement.node),
                     object.empty() ? "" : " ", object, statement.reason);
      const std::string_view rule = rule_for(statement, compiled.findings, by_place);
      if (rule.empty()) {
        fmt::format_to(into, "  help: its finding is not shown: take the rule out of --ignore, --select\n");
      } else {
        fmt::format_to(into,
                       "  help: write `-- pg2crdb: ignore {} reason=\"...\"` in the line before it, or a "
                       "[[decision]] with rule = \"{}\" into pg2crdb.toml\n",
                       rule, rule);
      }
    }
  }
  return out;
}

}  // namespace pg2crdb
