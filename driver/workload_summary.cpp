// What of a workload's findings is shown, and the line behind them.
#include <fmt/format.h>

#include <algorithm>

#include "driver/workload_findings.h"

namespace pg2crdb {
namespace {

double percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string calls_note(const WorkloadStatement& statement, uint64_t all) {
  std::string note = fmt::format("called {}, {:.1f} % of all calls",
                                 statement.calls == 1 ? "once" : counted(statement.calls, "time"),
                                 percent(statement.calls, all));
  if (statement.milliseconds > 0)
    note += fmt::format("; {} ms in all", with_commas(static_cast<uint64_t>(statement.milliseconds + 0.5)));
  return note;
}

/// The input that the workload was read behind: there is one.
const CompiledInput& workload_of(const Compiled& compiled) {
  return compiled.inputs.front();
}

}  // namespace

void keep_workload(Compiled& compiled) {
  const CompiledInput& input = workload_of(compiled);
  const Workload& workload = *input.workload;
  const uint64_t calls = calls_of(workload);
  JudgedFindings& findings = compiled.findings;
  std::vector<Diagnostic> kept;
  std::vector<std::optional<Acknowledged>> marks;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    Diagnostic& finding = findings.diagnostics[i];
    if (finding.span.file < input.workload_begin) continue;
    const size_t number = finding.span.file - input.workload_begin;
    if (number < workload.statements.size())
      finding.notes.push_back(calls_note(workload.statements[number], calls));
    kept.push_back(std::move(finding));
    marks.push_back(std::move(findings.acknowledged[i]));
  }
  findings.diagnostics = std::move(kept);
  findings.acknowledged = std::move(marks);
}

std::string workload_line(const Compiled& compiled) {
  const CompiledInput& input = workload_of(compiled);
  const Workload& workload = *input.workload;
  const uint64_t calls = calls_of(workload);
  std::vector<std::optional<Severity>> worst(workload.statements.size());
  for (const Diagnostic& finding : compiled.findings.diagnostics) {
    if (finding.span.file - input.workload_begin >= worst.size()) continue;  // of what is not seen
    std::optional<Severity>& one = worst[finding.span.file - input.workload_begin];
    one = std::max(one.value_or(Severity::info), finding.severity);
  }
  struct Count {
    uint64_t statements = 0;
    uint64_t calls = 0;
  } failing, other, good;
  for (size_t i = 0; i < worst.size(); ++i) {
    Count& count = worst[i] == Severity::error ? failing : worst[i] == Severity::warning ? other : good;
    ++count.statements;
    count.calls += workload.statements[i].calls;
  }
  const auto shown = [&](const Count& count) {
    return fmt::format("{} ({:.1f} % of the calls)", with_commas(count.statements),
                       percent(count.calls, calls));
  };
  std::string line = fmt::format(
      "workload: {}, {}: {} run as they are, {} are answered otherwise or have to be written "
      "otherwise, {} are refused",
      counted(workload.statements.size(), "statement"), counted(calls, "call"), shown(good), shown(other),
      shown(failing));
  uint64_t not_seen = 0;
  for (const UnseenStatements& one : workload.unseen) {
    if (one.as_meant)
      line += fmt::format("; {} {}", with_commas(one.count), one.what);
    else
      not_seen += one.count;
  }
  if (not_seen > 0) line += fmt::format("; {} could not be seen", with_commas(not_seen));
  if (!compiled.choices.target_from.empty())
    line += fmt::format("; for CockroachDB {}, {}", to_string(compiled.choices.target.version()),
                        compiled.choices.target_from);
  return line;
}

}  // namespace pg2crdb
