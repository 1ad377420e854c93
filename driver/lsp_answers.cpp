// What the language server says of a document: diagnostics, hover, code actions.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "driver/fix.h"
#include "driver/lsp_json.h"
#include "driver/lsp_server.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr std::string_view fix_all_kind = "source.fixAll.pg2crdb";

std::string diagnostic_json(const ShownFinding& finding, const LspDocument& document) {
  return fmt::format(R"({{"range":{},{}}})", json_of(document.range_of(finding.begin, finding.end)),
                     finding.members);
}

/// Ends count: a cursor behind a word is at it.
bool touches(size_t begin, size_t end, size_t first, size_t last) {
  return begin <= last && first <= end;
}

struct Edit {
  LspRange range;
  std::string text;
};

std::string edits_json(const std::string& uri, const std::vector<Edit>& edits) {
  std::string list;
  for (const Edit& edit : edits)
    list += fmt::format(R"({}{{"range":{},"newText":{}}})", list.empty() ? "" : ",", json_of(edit.range),
                        json_string(edit.text));
  return fmt::format(R"({{"changes":{{{}:[{}]}}}})", json_string(uri), list);
}

std::string action_json(std::string_view title, std::string_view kind, const std::string& diagnostics,
                        bool preferred, const std::string& edit) {
  return fmt::format(R"({{"title":{},"kind":"{}",{}{}"edit":{}}})", json_string(title), kind,
                     diagnostics.empty() ? "" : fmt::format(R"("diagnostics":[{}],)", diagnostics),
                     preferred ? R"("isPreferred":true,)" : "", edit);
}

/// A comment that acknowledges a rule for a statement: a line before it, or, where something else stands on
/// its line, behind its first word, so that it is of no other statement.
Edit ignore_edit(const LspDocument& document, size_t statement, std::string_view rule) {
  const std::string& text = document.text();
  const size_t line = document.line_begin(statement);
  const std::string_view before = std::string_view(text).substr(line, statement - line);
  // A lone CR ends a line in editors, and none in what reads the comments.
  const bool begins_line = line == 0 || text[line - 1] == '\n';
  const std::string words = fmt::format("pg2crdb: ignore {} reason=\"say why\"", rule);
  if (begins_line && before.find_first_not_of(" \t") == std::string::npos) {
    const std::string_view line_end = text.find("\r\n") == std::string::npos ? "\n" : "\r\n";
    return {document.range_of(line, line), fmt::format("{}-- {}{}", before, words, line_end)};
  }
  size_t place = statement + 1;
  while (place < text.size() && in_name(text[place - 1]) && in_name(text[place])) ++place;
  return {document.range_of(place, place), fmt::format(" /* {} */", words)};
}

/// The statement whose text holds a byte; nothing between statements.
const SourceFile::Kept* kept_at(const SourceFile& source, size_t byte) {
  const auto behind = std::ranges::upper_bound(source.texts(), byte, {}, &SourceFile::Kept::begin);
  if (behind == source.texts().begin()) return nullptr;
  const SourceFile::Kept& kept = *std::prev(behind);
  return byte <= kept.begin + kept.text.size() ? &kept : nullptr;
}

/// What became of the statements of a place, and the SQL of it.
std::string hover_text(const CompiledInput& input, const Span& place) {
  const auto is_there = [&](const Span& span) {
    return span.file == place.file && place.begin <= span.begin && span.begin < place.end;
  };
  std::string text;
  for (const ast::Statement& statement : input.script.statements) {
    if (statement.id >= input.statements_read || !is_there(statement.span)) continue;
    text += fmt::format("{}**{}**", text.empty() ? "" : "\n\n", to_string(statement.fate));
    if (!statement.passes.empty()) text += fmt::format(" by {}", fmt::join(statement.passes, ", "));
    if (!statement.reason->empty()) text += fmt::format(": {}", *statement.reason);
  }
  std::string sql;
  for (const EmittedStatement& one : input.output.statements) {
    if (!one.held_back() && is_there(one.statement->span)) sql += one.sql + ";\n";
  }
  if (!sql.empty()) text += fmt::format("\n\n````sql\n{}````", sql);
  return text;
}

}  // namespace

std::string LspServer::initialized() {
  initialized_ = true;
  return fmt::format(
      R"({{"capabilities":{{"positionEncoding":"utf-16","textDocumentSync":{{"openClose":true,"change":2,)"
      R"("save":true}},"hoverProvider":true,"codeActionProvider":{{"codeActionKinds":["quickfix","{}"]}}}},)"
      R"("serverInfo":{{"name":"pg2crdb","version":"{}"}}}})",
      fix_all_kind, PG2CRDB_VERSION);
}

void LspServer::publish(const Open& open, const std::vector<ShownFinding>& findings) {
  std::string list;
  for (const ShownFinding& finding : findings)
    list += (list.empty() ? "" : ",") + diagnostic_json(finding, open.document);
  publish(open, list);
}

void LspServer::publish(const Open& open, std::string_view diagnostics) {
  notify("textDocument/publishDiagnostics",
         fmt::format(R"({{"uri":{},{}"diagnostics":[{}]}})", json_string(open.uri),
                     open.version ? fmt::format(R"("version":{},)", *open.version) : "", diagnostics));
}

void LspServer::publish(const Unit& unit, const std::string& error) {
  for (const auto& [uri, open] : documents_) {
    const auto its = units_.find(unit_key(open.path));
    if (its == units_.end() || &its->second != &unit) continue;
    if (unit.last) {
      publish(open, unit.last->findings_of(canonical_path(open.path)));
    } else {
      publish(open, fmt::format(R"({{"range":{},"severity":1,"source":"pg2crdb","message":{}}})", json_of({}),
                                json_string(error)));
    }
  }
}

std::string LspServer::hover(Json params, Lock& lock) {
  Open* const open = find_open(params);
  Json position;
  if (open == nullptr || params["position"].get(position) != simdjson::SUCCESS) return "null";
  const Unit& unit = compiled_unit_of(*open, lock);
  const SourceFile* source = unit.last ? unit.last->source_of(canonical_path(open->path)) : nullptr;
  if (source == nullptr) return "null";
  const SourceFile::Kept* kept = kept_at(*source, open->document.byte_at(position_in(position)));
  if (kept == nullptr) return "null";
  const Span place{source->index(), kept->begin, kept->begin + kept->text.size()};
  const std::string text = hover_text(unit.last->compiled().inputs.front(), place);
  if (text.empty()) return "null";
  return fmt::format(R"({{"contents":{{"kind":"markdown","value":{}}},"range":{}}})", json_string(text),
                     json_of(open->document.range_of(place.begin, place.end)));
}

std::string LspServer::code_actions(Json params, Lock& lock) {
  Open* const open = find_open(params);
  Json wanted;
  if (open == nullptr || params["range"].get(wanted) != simdjson::SUCCESS) return "[]";
  const Unit& unit = compiled_unit_of(*open, lock);
  const SourceFile* source = unit.last ? unit.last->source_of(canonical_path(open->path)) : nullptr;
  if (source == nullptr) return "[]";
  const LspDocument& document = open->document;
  const LspRange range = range_in(wanted);
  const size_t first = document.byte_at(range.begin);
  const size_t last = document.byte_at(range.end);
  const CompiledInput& input = unit.last->compiled().inputs.front();
  const JudgedFindings& findings = unit.last->compiled().findings;
  const std::vector<ShownFinding>& shown = unit.last->findings_of(canonical_path(open->path));

  std::vector<std::string> actions;
  FixCounts counts;
  const auto edit_of = [&](const StatementFix& fix) {
    return Edit{document.range_of(fix.edit.begin, fix.edit.end), fix.edit.text};
  };
  const Span place{source->index(), first, last};
  for (const StatementFix& fix :
       wants(params, "quickfix") ? statement_fixes(input, findings, *source, document.text(), counts, &place)
                                 : std::vector<StatementFix>()) {
    std::string solved;
    for (const ShownFinding& finding : shown) {
      if (fix.statement.begin <= finding.begin && finding.begin < fix.statement.end)
        solved += (solved.empty() ? "" : ",") + diagnostic_json(finding, document);
    }
    actions.push_back(
        action_json(fix.means_the_same ? "Write it as CockroachDB takes it"
                                       : "Write it as CockroachDB takes it, where it does something else",
                    "quickfix", solved, fix.means_the_same, edits_json(open->uri, {edit_of(fix)})));
  }
  if (asks_for(params, fix_all_kind)) {
    const std::vector<StatementFix> fixes =
        statement_fixes(input, findings, *source, document.text(), counts);
    std::vector<Edit> all;
    for (const StatementFix& fix : fixes) all.push_back(edit_of(fix));
    if (!all.empty() && std::ranges::all_of(fixes, &StatementFix::means_the_same))
      actions.push_back(action_json("Write all of the file as CockroachDB takes it", fix_all_kind, {}, false,
                                    edits_json(open->uri, all)));
  }
  std::set<std::pair<size_t, std::string_view>> told;
  for (const ShownFinding& finding : shown) {
    const SourceFile::Kept* kept = kept_at(*source, finding.begin);
    if (kept == nullptr || finding.rule == unused_decision.id ||
        !touches(finding.begin, finding.end, first, last) || !wants(params, "quickfix") ||
        !told.emplace(kept->begin, finding.rule).second)
      continue;
    actions.push_back(action_json(fmt::format("Acknowledge {} here, with a reason", finding.rule), "quickfix",
                                  diagnostic_json(finding, document), false,
                                  edits_json(open->uri, {ignore_edit(document, kept->begin, finding.rule)})));
  }
  return fmt::format("[{}]", fmt::join(actions, ","));
}

}  // namespace pg2crdb
