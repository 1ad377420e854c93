#include "driver/lsp_compiled.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "ast/describe.h"
#include "driver/lsp_json.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

/// What is compiled at once is a few statements, and those that make what they name; of more it would take as
/// long as of all.
constexpr size_t longest_section = size_t{32} << 10;
constexpr size_t most_makers = 64;

/// As the protocol numbers them.
int severity_of(Severity severity) {
  return severity == Severity::error ? 1 : severity == Severity::warning ? 2 : 3;
}

std::string message_of(const Diagnostic& finding) {
  std::string text = finding.message;
  for (const std::string& note : finding.notes) text += "\nnote: " + note;
  const std::string_view advice = finding.advice.empty() ? finding.rule->advice : finding.advice;
  if (!advice.empty()) text.append("\nhelp: ").append(advice);
  return text;
}

std::vector<ShownFinding> shown(const Compiled& compiled, const SourceFile& source) {
  std::vector<ShownFinding> list;
  for (size_t i = 0; i < compiled.findings.diagnostics.size(); ++i) {
    const Diagnostic& finding = compiled.findings.diagnostics[i];
    if (compiled.findings.acknowledged[i] || finding.span.file != source.index()) continue;
    list.push_back(
        {finding.span.begin, finding.span.end, std::string(finding.rule->id), finding.object,
         fmt::format(R"("severity":{},"code":"{}","source":"pg2crdb","message":{})",
                     severity_of(finding.severity), finding.rule->id, json_string(message_of(finding)))});
  }
  return list;
}

/// "towns" of `public.towns` and of `public.towns(integer)`.
std::string last_part(std::string_view name) {
  name = name.substr(0, name.find('('));
  const size_t dot = name.rfind('.');
  return std::string(dot == std::string_view::npos ? name : name.substr(dot + 1));
}

/// Each name in SQL, as it is written and in small letters.
std::set<std::string> names_in(std::string_view text) {
  std::set<std::string> names;
  for (size_t at = 0; at < text.size(); ++at) {
    if (!begins_name(text[at])) continue;
    const size_t begin = at;
    while (at < text.size() && in_name(text[at])) ++at;
    const std::string_view name = text.substr(begin, at - begin);
    names.emplace(name);
    names.insert(lower(name));
  }
  return names;
}

/// Findings of one rule about one object are the same, as far as two compiles are compared.
using FindingKeys = std::set<std::pair<std::string, std::string>>;

std::pair<std::string, std::string> key_of(const ShownFinding& finding) {
  return {finding.rule, finding.object};
}

FindingKeys keys_of(const std::vector<ShownFinding>& findings) {
  FindingKeys keys;
  for (const ShownFinding& finding : findings) keys.insert(key_of(finding));
  return keys;
}

/// The findings of a text behind `makers`, as if it were all of the file; nothing where no compile comes of
/// it.
std::optional<std::vector<ShownFinding>> compile_section(const Options& options, const std::string& path,
                                                         const std::string& makers, std::string_view text) {
  const std::map<std::string, std::string> held = {{path, makers + std::string(text)}};
  Options alone = options;
  alone.held = &held;
  const Result<Compiled> compiled = compile_history(alone, {path});
  if (!compiled) return std::nullopt;
  std::vector<ShownFinding> findings = shown(*compiled, *compiled->inputs.front().file);
  std::erase_if(findings, [&](const ShownFinding& finding) { return finding.begin < makers.size(); });
  for (ShownFinding& finding : findings) {
    finding.begin -= makers.size();
    finding.end -= makers.size();
  }
  return findings;
}

}  // namespace

/// Where two texts differ, and the statements there.
struct LspCompiled::Edited {
  size_t begin = 0;       ///< in both, where they differ
  size_t end_before = 0;  ///< where that ends
  size_t end_now = 0;
  size_t section_begin = 0;  ///< of the statements, in both
  size_t section_end_before = 0;
  size_t first = 0;  ///< of the file's statements: how many stand before them

  size_t now(size_t before) const { return before - end_before + end_now; }
};

LspCompiled::LspCompiled(Compiled compiled, std::map<std::string, std::string> texts)
    : compiled_(std::move(compiled)), texts_(std::move(texts)) {
  for (const SourceFile* file : compiled_.findings.files)
    sources_.emplace(canonical_path(file->name()), file);
  const CompiledInput& input = compiled_.inputs.front();
  for (const ast::Statement& statement : input.script.statements) {
    if (statement.id >= input.statements_read) continue;
    const std::string object = ast::statement_object(statement.node);
    if (!object.empty()) about_[last_part(object)].push_back(&statement);
  }
}

const SourceFile* LspCompiled::source_of(const std::string& path) const {
  const auto found = sources_.find(path);
  return found == sources_.end() ? nullptr : found->second;
}

const std::vector<ShownFinding>& LspCompiled::findings_of(const std::string& path) const {
  const auto [known, is_new] = findings_.try_emplace(path);
  const SourceFile* source = source_of(path);
  if (is_new && source != nullptr) known->second = shown(compiled_, *source);
  return known->second;
}

std::optional<LspCompiled::Edited> LspCompiled::edited(const SourceFile& source, std::string_view before,
                                                       std::string_view now) const {
  Edited edited;
  const auto differ = std::ranges::mismatch(before, now);
  edited.begin = static_cast<size_t>(differ.in1 - before.begin());
  size_t same = 0;
  const size_t most = std::min(before.size(), now.size()) - edited.begin;
  while (same < most && before[before.size() - 1 - same] == now[now.size() - 1 - same]) ++same;
  edited.end_before = before.size() - same;
  edited.end_now = now.size() - same;
  edited.section_end_before = before.size();
  const CompiledInput& input = compiled_.inputs.front();
  for (const ast::Statement& statement : input.script.statements) {
    if (statement.id >= input.statements_read || statement.span.file != source.index()) continue;
    if (statement.span.end < edited.begin) {
      edited.section_begin = statement.span.end;
      edited.first = statement.id + size_t{1};
    } else if (statement.span.begin >= edited.end_before) {
      edited.section_end_before = statement.span.end;
      break;
    }
  }
  const size_t longest = std::max(edited.section_end_before, edited.now(edited.section_end_before));
  return longest - edited.section_begin > longest_section ? std::nullopt : std::optional(edited);
}

std::string LspCompiled::makers_of(const SourceFile& source, const Edited& edited,
                                   std::string_view text) const {
  const CompiledInput& input = compiled_.inputs.front();
  std::set<ast::StatementId> makers;
  const auto add_named = [&](std::string_view sql) {
    for (const std::string& name : names_in(sql)) {
      const auto found = about_.find(name);
      if (found == about_.end()) continue;
      for (const ast::Statement* statement : found->second) {
        if (statement->id < edited.first && makers.size() < most_makers) makers.insert(statement->id);
      }
    }
  };
  const auto written = [&](ast::StatementId id) { return source_text(input, input.script.statements[id]); };
  add_named(text);
  // What they name in turn: types of columns, tables of views.
  const std::set<ast::StatementId> first = makers;
  for (const ast::StatementId id : first) add_named(written(id));
  for (size_t id = 0; id < edited.first && makers.size() < 2 * most_makers; ++id) {
    const ast::Statement& statement = input.script.statements[id];
    if (statement.span.file == source.index() && std::holds_alternative<ast::SetVariable>(statement.node))
      makers.insert(statement.id);
  }
  std::string sql;
  for (const ast::StatementId id : makers) sql.append(written(id)).append("\n");
  return sql;
}

std::optional<std::vector<ShownFinding>> LspCompiled::findings_at_once(const Options& options,
                                                                       const std::string& path,
                                                                       const std::string& text) const {
  const auto before = texts_.find(path);
  const SourceFile* source = source_of(path);
  if (before == texts_.end() || source == nullptr) return std::nullopt;
  const std::optional<Edited> edited = this->edited(*source, before->second, text);
  if (!edited) return std::nullopt;
  const size_t begin = edited->section_begin;
  const size_t end_before = edited->section_end_before;
  const size_t end_now = edited->now(end_before);
  const std::string section_before = before->second.substr(begin, end_before - begin);
  const std::string section_now = text.substr(begin, end_now - begin);
  const std::string makers = makers_of(*source, *edited, section_before + " " + section_now);
  const auto found_before = compile_section(options, path, makers, section_before);
  auto found_now = compile_section(options, path, makers, section_now);
  if (!found_before || !found_now) return std::nullopt;

  const FindingKeys of_these = keys_of(*found_before);
  FindingKeys of_all;
  std::vector<ShownFinding> findings;
  for (ShownFinding finding : findings_of(path)) {
    const bool outside = finding.begin < begin || finding.begin >= end_before;
    const bool is_edited = finding.begin < edited->end_before && finding.end > edited->begin;
    if (!outside) of_all.insert(key_of(finding));
    if (!outside && (is_edited || of_these.contains(key_of(finding)))) continue;
    if (finding.begin >= edited->end_before) {
      finding.begin = edited->now(finding.begin);
      finding.end = edited->now(finding.end);
    }
    findings.push_back(std::move(finding));
  }
  for (ShownFinding& finding : *found_now) {
    if (of_these.contains(key_of(finding)) && !of_all.contains(key_of(finding))) continue;
    finding.begin += begin;
    finding.end += begin;
    findings.push_back(std::move(finding));
  }
  std::ranges::stable_sort(findings, {}, &ShownFinding::begin);
  return findings;
}

}  // namespace pg2crdb
