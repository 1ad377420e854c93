#include <fmt/format.h>

#include <algorithm>

#include "driver/compile.h"

namespace pg2crdb {
namespace {

std::string unread_text(const Unread& unread) {
  std::string out = counted(unread.statements, "statement");
  if (unread.rows > 0) out += " and " + counted(unread.rows, "row");
  return out;
}

void add(Unread& sum, const Unread& more) {
  sum.statements += more.statements;
  sum.rows += more.rows;
}

// `goose migrations: the up part of 3 files, 7 statements of down parts not read`.
std::string migrations_text(const NotRead& unread) {
  if (unread.migrations.empty()) return {};
  std::string tools;
  for (const MigrationTool tool : unread.migrations)
    tools += fmt::format("{}{}", tools.empty() ? "" : " and ", to_string(tool));
  std::string out =
      fmt::format("; {} migrations: the up part of {}", tools, counted(unread.files_up, "file"));
  if (unread.down_parts.any())
    out += fmt::format(", {} of down parts not read", unread_text(unread.down_parts));
  if (unread.files_left_out > 0)
    out += fmt::format(", {} that it does not run left out", counted(unread.files_left_out, "file"));
  return out;
}

std::string databases_text(const Compiled& compiled) {
  std::string out;
  for (const CompiledInput& input : compiled.inputs) {
    const std::vector<DatabasePart>& others = input.read.other_databases;
    for (const DatabasePart& part : others) {
      out +=
          &part == &others.front() ? fmt::format("; database `{}`; not read: ", input.read.database) : ", ";
      out += unread_text(part.found) +
             (part.name.empty() ? " before the first `\\connect`" : fmt::format(" of `{}`", part.name));
    }
  }
  return out;
}

// Empty where all was read.
std::string unread_text(const Compiled& compiled) {
  const NotRead unread = not_read(compiled.inputs);
  std::string out = migrations_text(unread) + databases_text(compiled);
  if (unread.branches.any())
    out += fmt::format("; {} in branches that psql does not take, not read", unread_text(unread.branches));
  if (unread.behind_quit.any())
    out += fmt::format("; {} behind `\\q`, not read", unread_text(unread.behind_quit));
  if (unread.rows_for_person > 0)
    out += fmt::format("; {} behind statements that need a person, not read",
                       counted(unread.rows_for_person, "row"));
  return out;
}

// What rows were looked at for findings; empty where none were.
std::string rows_text(const std::vector<CompiledInput>& inputs) {
  uint64_t rows = 0, questions = 0;
  for (const CompiledInput& input : inputs) {
    rows += input.rows.rows;
    questions += input.rows.answers.size();
  }
  if (rows == 0) return {};
  return fmt::format("; {} looked at for {}", counted(rows, "row"), counted(questions, "question"));
}

}  // namespace

NotRead not_read(const std::vector<CompiledInput>& inputs) {
  NotRead sum;
  for (const CompiledInput& input : inputs) {
    std::vector<MigrationTool> tools = input.read.migrations;
    if (input.files.tool) tools = {*input.files.tool};
    for (const MigrationTool tool : tools) {
      if (std::find(sum.migrations.begin(), sum.migrations.end(), tool) == sum.migrations.end())
        sum.migrations.push_back(tool);
    }
    if (!tools.empty()) {
      sum.files_up += input.files.up.size();
      sum.files_left_out += input.files.left_out.size();
    }
    add(sum.down_parts, input.read.down_parts);
    add(sum.branches, input.read.branches);
    add(sum.behind_quit, input.read.behind_quit);
    sum.rows_for_person += input.read.for_person.rows;
    const std::vector<DatabasePart>& others = input.read.other_databases;
    sum.other_databases.insert(sum.other_databases.end(), others.begin(), others.end());
  }
  return sum;
}

std::string summary_line(const Compiled& compiled) {
  const Ledger& ledger = compiled.ledger;
  std::string out =
      fmt::format("read {}: {} kept, {} rewritten, {} merged, {} moved, {} dropped, {} {} a person",
                  counted(ledger.read, "statement"), with_commas(ledger.kept), with_commas(ledger.rewritten),
                  with_commas(ledger.merged), with_commas(ledger.moved), with_commas(ledger.dropped),
                  with_commas(ledger.needs_person), ledger.needs_person == 1 ? "needs" : "need");
  if (ledger.copy_blocks > 0) {
    out += fmt::format("; {} with {}", counted(ledger.copy_blocks, "COPY block"),
                       counted(ledger.copy_rows, "row"));
  }
  if (ledger.insert_statements > 0) {
    out += fmt::format("; {} with {}", counted(ledger.insert_statements, "INSERT statement"),
                       counted(ledger.insert_rows, "row"));
  }
  if (ledger.rows_left_out > 0)
    out += fmt::format("; {} not loaded, as the script, a finding or a decision says",
                       counted(ledger.rows_left_out, "row"));
  out += rows_text(compiled.inputs);
  out += unread_text(compiled);
  const JudgedFindings& findings = compiled.findings;
  out += fmt::format("; {}, {}, {}", counted(findings.count(Severity::error), "error"),
                     counted(findings.count(Severity::warning), "warning"),
                     counted(findings.count(Severity::info), "info"));
  if (findings.count_acknowledged() > 0)
    out += fmt::format(", {} acknowledged", findings.count_acknowledged());
  if (!compiled.choices.target_from.empty())
    out += fmt::format("; for CockroachDB {}, {}", to_string(compiled.choices.target.version()),
                       compiled.choices.target_from);
  return out;
}

}  // namespace pg2crdb
