#include "driver/console_view.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "ast/describe.h"
#include "driver/console_json.h"
#include "driver/effort.h"
#include "driver/finding_references.h"
#include "driver/findings_by_place.h"
#include "support/ascii.h"
#include "support/secret_literals.h"

namespace pg2crdb {
namespace {

std::string shown_sql(std::string_view sql) {
  return secret_literals(sql).empty() ? std::string(sql) : without_secret_literals(sql);
}

}  // namespace

ConsoleView::ConsoleView(Compiled compiled) : compiled_(std::move(compiled)) {
  const FindingsByPlace by_place(compiled_.findings);
  const CompiledInput& input = compiled_.inputs[0];
  std::unordered_map<const ast::Statement*, std::string_view> outputs;
  for (const EmittedStatement& emitted : input.output.statements)
    outputs.emplace(emitted.statement, emitted.sql);
  for (const ast::Statement& statement : input.script.statements) {
    if (statement.id >= input.statements_read) break;
    Row row;
    row.statement = &statement;
    if (const auto output = outputs.find(&statement); output != outputs.end()) row.output = output->second;
    row.findings = by_place.within(statement.span);
    row.object = ast::statement_object(statement.node);
    row.searched = lower(row.object) + "\n" + lower(source_text(input, statement));
    for (const size_t one : row.findings)
      row.searched += "\n" + lower(compiled_.findings.diagnostics[one].message);
    row_of_[statement.id] = rows_.size();
    rows_.push_back(std::move(row));
  }
  for (size_t i = 0; i < compiled_.decided.size(); ++i) {
    const auto row = row_of_.find(compiled_.decided[i].statement);
    if (row != row_of_.end()) rows_[row->second].decided.push_back(i);
  }
  summary_ = make_summary();
}

const ast::Statement* ConsoleView::find(uint64_t id) const {
  const auto row = row_of_.find(static_cast<ast::StatementId>(id));
  return row == row_of_.end() ? nullptr : rows_[row->second].statement;
}

bool ConsoleView::is_open(const Row& row) const {
  return std::ranges::any_of(row.findings,
                             [&](size_t one) { return !compiled_.findings.acknowledged[one].has_value(); });
}

bool ConsoleView::fits(const Row& row, const StatementChoice& choice) const {
  if (choice.decided && row.decided.empty()) return false;
  if (choice.open && !is_open(row)) return false;
  if (!choice.fate.empty() && to_string(row.statement->fate) != choice.fate) return false;
  if (!choice.text.empty() && row.searched.find(lower(choice.text)) == std::string::npos) return false;
  const auto is_like = [&](const std::string& object) {
    return ::fnmatch(choice.object.c_str(), object.c_str(), FNM_NOESCAPE) == 0;
  };
  if (choice.rule.empty() && choice.severity.empty()) {
    return choice.object.empty() || is_like(row.object) || std::ranges::any_of(row.findings, [&](size_t one) {
             return is_like(compiled_.findings.diagnostics[one].object);
           });
  }
  return std::ranges::any_of(row.findings, [&](size_t one) {
    const Diagnostic& finding = compiled_.findings.diagnostics[one];
    return (choice.rule.empty() || finding.rule->id == choice.rule) &&
           (choice.severity.empty() || to_string(finding.severity) == choice.severity) &&
           (choice.object.empty() || is_like(finding.object)) &&
           (!choice.open || !compiled_.findings.acknowledged[one]);
  });
}

std::string ConsoleView::statements_json(const StatementChoice& choice) const {
  size_t total = 0;
  std::string out;
  for (const Row& row : rows_) {
    if (!fits(row, choice)) continue;
    if (total >= choice.offset && total < choice.offset + choice.limit) {
      out += out.empty() ? "" : ",\n";
      append(out, row);
    }
    ++total;
  }
  return fmt::format("\"total\":{},\"statements\":[{}]", total, out);
}

std::string ConsoleView::statement_json(const ast::Statement& statement) const {
  std::string out;
  append(out, rows_[row_of_.at(statement.id)]);
  return out;
}

void ConsoleView::append(std::string& out, const Row& row) const {
  const ast::Statement& statement = *row.statement;
  const CompiledInput& input = compiled_.inputs[0];
  const SourceFile& file = input.file->of(statement.span);
  const std::string_view source = source_text(input, statement);
  out += fmt::format("{{\"id\":{},\"line\":{}", statement.id, file.locate(statement.span.begin).line);
  append_member(out, "file", file.name());
  append_member(out, "kind", ast::statement_kind(statement.node));
  append_member(out, "object", row.object);
  append_member(out, "fate", to_string(statement.fate));
  append_member(out, "reason", *statement.reason);
  append_member(out, "source", shown_sql(source));
  if (!secret_literals(source).empty()) out += ",\"masked\":true";
  if (input.is_added(statement)) out += ",\"added\":true";
  if (!row.output.empty()) {
    if (row.output == statement_text(source))
      out += ",\"unchanged\":true";
    else
      append_member(out, "output", shown_sql(row.output));
  }
  out += ",\"findings\":[";
  for (const size_t one : row.findings) {
    const Diagnostic& finding = compiled_.findings.diagnostics[one];
    if (out.back() != '[') out += ',';
    out += "{\"rule\":" + quoted_json(finding.rule->id);
    append_member(out, "severity", to_string(finding.severity));
    append_member(out, "object", finding.object);
    append_member(out, "message", finding.message);
    append_member(out, "advice", finding.advice.empty() ? std::string(finding.rule->advice) : finding.advice);
    out += ",\"notes\":[";
    for (const std::string& note : finding.notes) out += (out.back() == '[' ? "" : ",") + quoted_json(note);
    out += "],\"references\":[";
    for (const Reference& reference : references_of(finding)) {
      out += (out.back() == '[' ? "{\"text\":" : ",{\"text\":") + quoted_json(reference.text);
      append_member(out, "url", reference.url);
      out += '}';
    }
    out += ']';
    if (const auto& acknowledged = compiled_.findings.acknowledged[one]) {
      out += ",\"acknowledged\":{\"by\":" + quoted_json(acknowledged->by);
      append_member(out, "reason", acknowledged->reason);
      out += '}';
    }
    out += '}';
  }
  out += "],\"decisions\":[";
  for (const size_t one : row.decided) {
    const DecidedStatement& decided = compiled_.decided[one];
    const Decision& decision = compiled_.choices.config.decisions[decided.decision];
    if (out.back() != '[') out += ',';
    out += fmt::format("{{\"index\":{}", decided.decision);
    append_member(out, "action", to_string(decision.action));
    append_member(out, "reason", decision.reason);
    if (input.decided_texts.contains(statement.id) && !input.is_added(statement))
      append_member(out, "in_dump", shown_sql(file.text(statement.span)));
    out += '}';
  }
  out += "]}";
}

std::string ConsoleView::make_summary() const {
  const Ledger& ledger = compiled_.ledger;
  const JudgedFindings& findings = compiled_.findings;
  uint64_t points = 0;
  for (const ObjectEffort& object : estimate_effort(compiled_)) points += object.points;
  std::string out = fmt::format(
      "\"failed\":{},\"statements\":{{\"read\":{},\"kept\":{},\"rewritten\":{},\"merged\":{},\"moved\":{},"
      "\"dropped\":{},\"needs_person\":{}}},\"unacknowledged\":{},\"errors\":{},\"warnings\":{},\"infos\":{},"
      "\"acknowledged\":{},\"rows\":{},\"points\":{}",
      compiled_.failed(), ledger.read, ledger.kept, ledger.rewritten, ledger.merged, ledger.moved,
      ledger.dropped, ledger.needs_person, compiled_.inputs[0].unacknowledged.size(),
      findings.count(Severity::error), findings.count(Severity::warning), findings.count(Severity::info),
      findings.count_acknowledged(), ledger.copy_rows + ledger.insert_rows, points);
  append_member(out, "crdb", to_string(compiled_.choices.target.version()));
  append_member(out, "fail_on", to_string(compiled_.choices.fail_on));
  append_rules(out);
  append_decisions(out);
  return out;
}

void ConsoleView::append_rules(std::string& out) const {
  struct Count {
    const Diagnostic* worst = nullptr;
    size_t open = 0, acknowledged = 0;
    uint64_t points = 0;
  };
  std::map<std::string_view, Count> counts;
  const JudgedFindings& findings = compiled_.findings;
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Diagnostic& finding = findings.diagnostics[i];
    Count& count = counts[finding.rule->id];
    ++(findings.acknowledged[i] ? count.acknowledged : count.open);
    if (count.worst == nullptr || count.worst->severity < finding.severity) count.worst = &finding;
  }
  for (const ObjectEffort& object : estimate_effort(compiled_)) {
    for (const RuleEffort& rule : object.rules) counts[rule.rule].points += rule.points;
  }
  out += ",\"rules\":[";
  for (const auto& [id, count] : counts) {
    if (count.worst == nullptr) continue;
    if (out.back() != '[') out += ",\n";
    out += "{\"id\":" + quoted_json(id);
    append_member(out, "severity", to_string(count.worst->severity));
    append_member(out, "category", count.worst->rule->category);
    append_member(out, "summary", count.worst->rule->summary);
    append_member(out, "advice", count.worst->rule->advice);
    append_member(out, "work", work_of(*count.worst).what);
    out += fmt::format(",\"open\":{},\"acknowledged\":{},\"points\":{}}}", count.open, count.acknowledged,
                       count.points);
  }
  out += ']';
}

void ConsoleView::append_decisions(std::string& out) const {
  const std::vector<Decision>& decisions = compiled_.choices.config.decisions;
  std::vector<size_t> statements(decisions.size());
  for (const DecidedStatement& one : compiled_.decided) ++statements[one.decision];
  out += ",\"decisions\":[";
  for (size_t i = 0; i < decisions.size(); ++i) {
    const Decision& decision = decisions[i];
    if (i > 0) out += ",\n";
    out += "{\"place\":" + quoted_json(decision.place);
    append_member(out, "action", to_string(decision.action));
    append_member(out, "rule", decision.rule);
    append_member(out, "object", decision.object);
    append_member(out, "statement", decision.statement);
    append_member(out, "find", decision.find);
    if (decision.position) append_member(out, "position", to_string(*decision.position));
    if (!decision.expression.empty()) out += ",\"regular_expression\":true";
    append_member(out, "sql", decision.sql.value_or(""));
    append_member(out, "reason", decision.reason);
    append_member(out, "until", decision.until);
    out += fmt::format(",\"statements\":{}}}", statements[i]);
  }
  out += ']';
}

}  // namespace pg2crdb
