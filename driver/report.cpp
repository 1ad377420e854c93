#include "driver/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "ast/describe.h"
#include "driver/command.h"
#include "driver/effort.h"
#include "driver/finding_references.h"
#include "driver/table_references.h"
#include "support/json.h"
#include "support/line_ends.h"
#include "support/secret_literals.h"
#include "support/utf8.h"
#include "target/target.h"

namespace pg2crdb {
namespace {

/// Whether a report holds the statements' SQL.
enum class ReportSql { without, with };

struct Point {
  uint64_t line = 1;
  uint64_t column = 1;
  uint64_t byte = 0;
};

struct OutputSpan {
  std::string_view file;
  Point start;
  Point end;
};

void move_past(Point& point, std::string_view text) {
  point.byte += text.size();
  if (const size_t last = text.rfind('\n'); last != std::string_view::npos) {
    point.line += count_line_ends(text);
    point.column = 1;
    text.remove_prefix(last + 1);
  }
  point.column += count_characters(text);
}

using OutputSpans = std::unordered_map<const ast::Statement*, OutputSpan>;

OutputSpans output_spans(std::span<const OutputFile> files) {
  OutputSpans spans;
  for (const OutputFile& file : files) {
    spans.reserve(spans.size() + file.places.size());
    const std::string_view text = file.text;
    Point at;
    const auto point = [&](size_t byte) {
      move_past(at, text.substr(at.byte, byte - at.byte));
      return at;
    };
    for (const OutputFile::Place& place : file.places) {
      const Point start = point(place.begin);
      spans[place.statement] = {file.name, start, point(place.end)};
    }
  }
  return spans;
}

void append_number(std::string& out, std::string_view before, uint64_t number) {
  const fmt::format_int digits(number);
  out.append(before).append(digits.data(), digits.size());
}

void append_point(std::string& out, const Point& point) {
  append_number(out, R"({"line":)", point.line);
  append_number(out, R"(,"column":)", point.column);
  append_number(out, R"(,"byte":)", point.byte);
  out += '}';
}

void append_span(std::string& out, const OutputSpan& span) {
  out += R"({"file":)";
  append_json_string(out, span.file);
  out += R"(,"start":)";
  append_point(out, span.start);
  out += R"(,"end":)";
  append_point(out, span.end);
  out += '}';
}

OutputSpan input_span(const SourceFile& first, const Span& span) {
  const SourceFile& file = first.of(span);
  const Location begin = file.locate(span.begin);
  const Location end = file.locate(span.end);
  return {file.name(), {begin.line, begin.column, span.begin}, {end.line, end.column, span.end}};
}

void append_member(std::string& out, std::string_view name, std::string_view value) {
  out.append(",\"").append(name).append("\":");
  append_json_string(out, value);
}

/// What is printed of an input's statements, and those that nobody acknowledged.
struct Texts {
  Texts(const CompiledInput& input, ReportSql with_sql)
      : open(input.unacknowledged.begin(), input.unacknowledged.end()) {
    if (with_sql == ReportSql::without) return;
    for (const EmittedStatement& emitted : input.output.statements)
      sql.emplace(emitted.statement, emitted.sql);
  }
  std::unordered_map<const ast::Statement*, std::string_view> sql;
  std::unordered_set<ast::StatementId> open;
};

void append_sql(std::string& out, std::string_view name, std::string_view sql) {
  if (secret_literals(sql).empty()) {
    append_member(out, name, sql);
  } else {
    append_member(out, name, without_secret_literals(sql));
  }
}

void append_texts(std::string& out, const CompiledInput& input, const ast::Statement& statement,
                  const Texts& texts) {
  const std::string_view source = input.is_added(statement)
                                      ? source_text(input, statement)
                                      : input.file->of(statement.span).text(statement.span);
  append_sql(out, "source", source);
  const auto emitted = texts.sql.find(&statement);
  if (emitted == texts.sql.end()) return;
  if (emitted->second == source.substr(0, source.find_last_not_of("; \t\r\n") + 1)) {
    out += R"(,"unchanged":true)";
  } else {
    append_sql(out, "output", emitted->second);
  }
}

void append_output_span(std::string& out, const ast::Statement& statement, const OutputSpans& spans) {
  out += R"(,"output_span":)";
  if (const auto span = spans.find(&statement); span != spans.end()) {
    append_span(out, span->second);
  } else {
    out += "null";
  }
}

void append_statement(std::string& out, const CompiledInput& input, const ast::Statement& statement,
                      const OutputSpans& spans, const Texts& texts, ReportSql sql) {
  append_number(out, R"({"id":)", statement.id);
  append_member(out, "kind", ast::statement_kind(statement.node));
  append_member(out, "object", ast::statement_object(statement.node));
  out += R"(,"span":)";
  append_span(out, input_span(*input.file, statement.span));
  append_member(out, "fate", to_string(statement.fate));
  out += R"(,"passes":[)";
  for (std::string_view pass : statement.passes) {
    if (out.back() != '[') out += ',';
    append_json_string(out, pass);
  }
  out += ']';
  if (sql == ReportSql::without) append_output_span(out, statement, spans);
  append_member(out, "reason", statement.reason);
  if (statement.fate == ast::Fate::merged) append_number(out, R"(,"merged_into":)", statement.merged_into);
  if (statement.fate == ast::Fate::needs_person && !texts.open.contains(statement.id))
    out += R"(,"acknowledged":true)";
  if (sql == ReportSql::with) append_texts(out, input, statement, texts);
  out += '}';
}

/// What passes added and the output holds, for those who read the SQL.
void append_added(std::string& out, const Compiled& compiled) {
  out += ",\n  \"added\": [";
  bool first = true;
  for (const CompiledInput& input : compiled.inputs) {
    for (const EmittedStatement& emitted : input.output.statements) {
      const ast::Statement& statement = *emitted.statement;
      if (statement.id < input.statements_read) continue;
      out += first ? "\n" : ",\n";
      first = false;
      out += R"({"kind":)";
      append_json_string(out, ast::statement_kind(statement.node));
      append_member(out, "object", ast::statement_object(statement.node));
      out += R"(,"span":)";
      append_span(out, input_span(*input.file, statement.span));
      append_sql(out, "output", emitted.sql);
      out += '}';
    }
  }
  out += first ? "]" : "\n  ]";
}

void append_tables(std::string& out, const Compiled& compiled) {
  out += ",\n  \"tables\": [";
  bool first = true;
  for (const CompiledInput& input : compiled.inputs) {
    for (const TableReferences& table : table_references(input.script)) {
      out += first ? "\n" : ",\n";
      first = false;
      out += R"({"name":)";
      append_json_string(out, table.table);
      append_number(out, R"(,"statement":)", table.statement);
      out += R"(,"refers_to":[)";
      for (const std::string& other : table.refers_to) {
        if (out.back() != '[') out += ',';
        append_json_string(out, other);
      }
      out += "]}";
    }
  }
  out += first ? "]" : "\n  ]";
}

void append_effort(std::string& out, const Compiled& compiled) {
  const std::vector<ObjectEffort> objects = estimate_effort(compiled);
  uint64_t points = 0;
  for (const ObjectEffort& object : objects) points += object.points;
  out += fmt::format(",\n  \"effort\": {{\"points\": {}, \"work\": [", points);
  for (const Work& work : kinds_of_work()) {
    out += out.back() == '[' ? R"({"id":)" : R"(,{"id":)";
    append_json_string(out, work.id);
    append_member(out, "what", work.what);
    append_number(out, R"(,"first":)", work.first);
    append_number(out, R"(,"each":)", work.each);
    append_member(out, "why", work.why);
    out += '}';
  }
  out += "], \"objects\": [";
  for (const ObjectEffort& object : objects) {
    out += out.back() == '[' ? "\n" : ",\n";
    out += R"({"object":)";
    append_json_string(out, object.object);
    append_number(out, R"(,"points":)", object.points);
    out += R"(,"rules":[)";
    for (const RuleEffort& rule : object.rules) {
      out += out.back() == '[' ? R"({"rule":)" : R"(,{"rule":)";
      append_json_string(out, rule.rule);
      append_member(out, "work", rule.work->id);
      append_number(out, R"(,"findings":)", rule.findings);
      append_number(out, R"(,"points":)", rule.points);
      out += '}';
    }
    out += "]}";
  }
  out += objects.empty() ? "]}" : "\n  ]}";
}

/// Where CockroachDB itself says more: of a rule with several capabilities by the words that its message has.
void append_references(std::string& out, std::string_view rule) {
  out += R"(,"references":[)";
  for (const RuleCapability& one : rule_capabilities()) {
    if (one.rule != rule) continue;
    for (const Reference& reference : references_in(info(one.capability).evidence)) {
      out += out.back() == '[' ? R"({"text":)" : R"(,{"text":)";
      append_json_string(out, reference.text);
      append_member(out, "url", reference.url);
      append_member(out, "words", one.words);
      out += '}';
    }
  }
  out += ']';
}

void append_rules(std::string& out, const JudgedFindings& findings) {
  std::map<std::string_view, std::string_view> rules;
  for (const Diagnostic& finding : findings.diagnostics) rules[finding.rule->id] = finding.rule->summary;
  out += ",\n  \"rules\": [";
  for (const auto& [id, summary] : rules) {
    out += out.back() == '[' ? R"({"id":)" : R"(,{"id":)";
    append_json_string(out, id);
    append_member(out, "summary", summary);
    append_references(out, id);
    out += '}';
  }
  out += ']';
}

void append_target(std::string& out, Version version) {
  out += fmt::format(R"(  "target": {{"name": "cockroachdb", "version": "{}")", to_string(version));
  const auto releases = known_releases();
  const auto release = std::ranges::find(releases, version.release(), &Release::version);
  if (release != releases.end()) {
    append_member(out, "kind", release->kind == Release::Kind::regular ? "regular" : "innovation");
    append_member(out, "available", release->available);
    append_member(out, "maintenance_ends", release->maintenance_ends);
    append_member(out, "assistance_ends", release->assistance_ends);
  }
  out += "},\n";
}

void append_data(std::string& out, const SourceFile& file, const ast::DataBlock& block) {
  const bool copy = block.format == ast::DataBlock::Format::copy_text;
  out += fmt::format(R"({{"format":"{}")", copy ? "copy" : "insert");
  append_member(out, "table", to_string(block.table));
  out += fmt::format(R"(,"rows":{},"statements":{},"span":)", block.rows, block.statements);
  append_span(out, input_span(file, block.data));
  append_member(out, "left_out", block.left_out);
  out += '}';
}

void append_answer(std::string& out, const RowScan::Answered& answered) {
  out += R"({"rule":)";
  append_json_string(out, answered.rule);
  append_member(out, "object", answered.object);
  append_member(out, "question", answered.what);
  append_number(out, R"(,"rows":)", answered.answer.rows);
  append_number(out, R"(,"found":)", answered.answer.found);
  append_number(out, R"(,"one_key_in":)", answered.answer.one_key_in);
  out += R"(,"first":[)";
  for (const SeenRow& row : answered.answer.first) {
    if (out.back() != '[') out += ',';
    out += R"({"file":)";
    append_json_string(out, row.file);
    append_number(out, R"(,"line":)", row.line);
    append_member(out, "key", row.key);
    append_member(out, "value", row.value);
    out += '}';
  }
  out += "]}";
}

void append_answers(std::string& out, const std::vector<CompiledInput>& inputs) {
  out += ",\n  \"rows_asked\": [";
  bool first = true;
  for (const CompiledInput& input : inputs) {
    for (const RowScan::Answered& answered : input.rows.answers) {
      out += first ? "\n" : ",\n";
      first = false;
      append_answer(out, answered);
    }
  }
  out += first ? "]" : "\n  ]";
}

void append_inputs(std::string& out, const Compiled& compiled) {
  out += "  \"inputs\": [";
  for (const CompiledInput& script : compiled.inputs) {
    for (const LoadPlan::Input& input : script.inputs) {
      if (out.back() != '[') out += ",";
      out += "\n{\"path\":";
      append_json_string(out, input.path);
      out += fmt::format(R"(,"bytes":{},"sha256":"{}"}})", input.bytes, input.sha256);
    }
  }
  out += compiled.inputs.empty() ? "],\n" : "\n  ],\n";
}

void append_folder(std::string& out, std::span<const FolderFile> folder) {
  if (folder.empty()) return;
  out += "  \"folder\": [";
  for (const FolderFile& file : folder) {
    if (out.back() != '[') out += ",";
    out += "\n{\"path\":";
    append_json_string(out, file.path);
    out += fmt::format(R"(,"sha256":"{}"}})", file.sha256);
  }
  out += "\n  ],\n";
}

std::string counts(const Unread& unread) {
  return fmt::format(R"("statements":{},"rows":{})", unread.statements, unread.rows);
}

std::string not_read_json(const NotRead& unread) {
  std::string out = fmt::format(
      R"({{"down_parts":{{{}}},"branches":{{{}}},"behind_quit":{{{}}},"rows_for_person":{})",
      counts(unread.down_parts), counts(unread.branches), counts(unread.behind_quit), unread.rows_for_person);
  out += R"(,"databases":[)";
  for (const DatabasePart& part : unread.other_databases) {
    if (out.back() != '[') out += ',';
    out += R"({"name":)";
    append_json_string(out, part.name);
    out += "," + counts(part.found) + "}";
  }
  return out + "]}";
}

void append_summary(std::string& out, const Compiled& compiled) {
  const Ledger& ledger = compiled.ledger;
  const JudgedFindings& findings = compiled.findings;
  out += fmt::format(
      "  \"summary\": {{\n"
      "    \"statements\": {{\"read\": {}, \"kept\": {}, \"rewritten\": {}, \"merged\": {}, \"moved\": {}, "
      "\"dropped\": {}, \"needs_person\": {}}},\n"
      "    \"not_read\": {},\n"
      "    \"errors\": {}, \"warnings\": {}, \"infos\": {}, \"acknowledged\": {}, \"exit_status\": {}\n  "
      "}},\n",
      ledger.read, ledger.kept, ledger.rewritten, ledger.merged, ledger.moved, ledger.dropped,
      ledger.needs_person, not_read_json(not_read(compiled.inputs)), findings.count(Severity::error),
      findings.count(Severity::warning), findings.count(Severity::info), findings.count_acknowledged(),
      static_cast<int>(compiled.failed() ? exit_findings : exit_clean));
}

/// About the bytes of a report: one that grows as it is written is copied whole again and again.
size_t expected_size(const Compiled& compiled, ReportSql sql) {
  constexpr size_t of_a_statement = 512, of_a_finding = 768;
  size_t size = compiled.findings.diagnostics.size() * of_a_finding;
  for (const CompiledInput& input : compiled.inputs) {
    size += input.script.statements.size() * of_a_statement;
    if (sql == ReportSql::without) continue;
    for (const ast::Statement& statement : input.script.statements)
      size += statement.span.end - statement.span.begin;
    for (const EmittedStatement& emitted : input.output.statements) size += emitted.sql.size();
  }
  return size;
}

std::string body_of(const Compiled& compiled, std::span<const OutputFile> files, ReportSql sql) {
  std::string out = "  \"statements\": [";
  out.reserve(expected_size(compiled, sql));
  bool first = true;
  const OutputSpans spans = output_spans(files);
  for (const CompiledInput& input : compiled.inputs) {
    const Texts texts(input, sql);
    for (const ast::Statement& statement : input.script.statements) {
      if (statement.id >= input.statements_read) continue;
      out += first ? "\n" : ",\n";
      first = false;
      append_statement(out, input, statement, spans, texts, sql);
    }
  }
  out += first ? "],\n  \"data\": [" : "\n  ],\n  \"data\": [";
  first = true;
  for (const CompiledInput& input : compiled.inputs) {
    for (const ast::DataBlock& block : input.script.data) {
      out += first ? "\n" : ",\n";
      first = false;
      append_data(out, *input.file, block);
    }
  }
  out += first ? "],\n  \"findings\": " : "\n  ],\n  \"findings\": ";
  compiled.findings.append_json(out);
  append_answers(out, compiled.inputs);
  append_rules(out, compiled.findings);
  append_effort(out, compiled);
  append_tables(out, compiled);
  if (sql == ReportSql::with) append_added(out, compiled);
  out += "\n}\n";
  return out;
}

}  // namespace

std::string report_head(const Compiled& compiled, std::span<const FolderFile> folder) {
  std::string out = fmt::format(
      "{{\n  \"schema_version\": 1,\n  \"tool\": {{\"name\": \"pg2crdb\", \"version\": \"{}\"}},\n",
      PG2CRDB_VERSION);
  append_target(out, compiled.choices.target.version());
  append_inputs(out, compiled);
  append_folder(out, folder);
  append_summary(out, compiled);
  return out;
}

std::string report_body(const Compiled& compiled, std::span<const OutputFile> files) {
  return body_of(compiled, files, ReportSql::without);
}

std::string report_html(const Compiled& compiled) {
  std::vector<std::string> paths;  // without the passwords of connection strings
  for (const CompiledInput& script : compiled.inputs) {
    for (const LoadPlan::Input& input : script.inputs) paths.push_back(input.path);
  }
  std::string title = "pg2crdb";
  if (!paths.empty()) title += ": " + std::filesystem::path(paths[0]).filename().string();
  if (paths.size() > 1) title += fmt::format(" and {} more", paths.size() - 1);
  return html_page(title, report_head(compiled) + body_of(compiled, {}, ReportSql::with));
}

std::string render_findings(const Compiled& compiled, FindingsFormat format, const TextStyle& style,
                            std::span<const OutputFile> files) {
  if (format == FindingsFormat::json) return report_head(compiled) + report_body(compiled, files);
  if (format == FindingsFormat::html) return report_html(compiled);
  return compiled.findings.render_as(format, style);
}

Result<std::vector<std::pair<FindingsFormat, std::string>>> parse_reports(
    const std::vector<std::string>& reports) {
  std::vector<std::pair<FindingsFormat, std::string>> parsed;
  for (const std::string& report : reports) {
    const size_t equals = report.find('=');
    const auto format = parse_findings_format(report.substr(0, equals));
    if (equals == std::string::npos || equals + 1 == report.size() || !format) {
      return usage_error(
          fmt::format("`--report {}` has to be FORMAT=FILE", report),
          "the formats are text, gcc, json, jsonl, sarif, github, gitlab, junit, markdown, html");
    }
    parsed.emplace_back(*format, report.substr(equals + 1));
  }
  return parsed;
}

}  // namespace pg2crdb
