#include <algorithm>

#include "diag/render_parts.h"

namespace pg2crdb {
namespace {

size_t run_of_backticks(std::string_view text) {
  return std::min(text.find_first_not_of('`'), text.size());
}

// Where a run of exactly `length` backticks begins, from `from` on.
size_t find_run(std::string_view text, size_t from, size_t length) {
  for (size_t i = text.find('`', from); i != std::string_view::npos; i = text.find('`', i)) {
    const size_t run = run_of_backticks(text.substr(i));
    if (run == length) return i;
    i += run;
  }
  return std::string_view::npos;
}

// In a table a pipe has to be escaped even inside code.
void append_code(std::string& out, std::string_view code) {
  for (const char c : code) {
    if (c == '|') out += '\\';
    out += c;
  }
}

// Text with code between backticks, as messages are. Code spans are found as CommonMark finds them, so that
// nothing outside of them is left unescaped.
std::string cell(std::string_view raw) {
  constexpr std::string_view markup = "\\`*_[]<>#|~!&$@";
  const std::string text = printable(raw);
  std::string out;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '`') {
      const size_t run = run_of_backticks(std::string_view(text).substr(i));
      const size_t end = find_run(text, i + run, run);
      if (end != std::string::npos) {
        append_code(out, std::string_view(text).substr(i, end + run - i));
        i = end + run;
        continue;
      }
      for (size_t n = 0; n < run; ++n) out += "\\`";
      i += run;
      continue;
    }
    if (markup.find(text[i]) != std::string_view::npos) out += '\\';
    out += text[i++];
  }
  return out;
}

// Anything as code, with a fence that it does not contain.
std::string code(std::string_view raw) {
  const std::string text = printable(raw);
  if (text.empty()) return {};
  size_t fence = 1;
  while (find_run(text, 0, fence) != std::string::npos) ++fence;
  const std::string ticks(fence, '`');
  const bool pad = text.front() == '`' || text.back() == '`';
  std::string out = ticks + (pad ? " " : "");
  append_code(out, text);
  return out + (pad ? " " : "") + ticks;
}

std::string_view heading(Severity severity) {
  if (severity == Severity::error) return "Errors: to be fixed";
  return severity == Severity::warning ? "Warnings: to be acknowledged" : "Worth knowing";
}

}  // namespace

std::string render_markdown(const Findings& findings, const RenderOptions&) {
  std::string out = "## pg2crdb: " + count_sentence(findings.diagnostics) + "\n";
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    bool any = false;
    for (const Diagnostic& diagnostic : findings.diagnostics) {
      if (diagnostic.severity != severity) continue;
      if (!any) {
        out += "\n### " + std::string(heading(severity)) +
               "\n\n| where | object | finding | what to do |\n|---|---|---|---|\n";
        any = true;
      }
      const FindingKind& rule = rule_of(diagnostic);
      const std::optional<Place> place = place_of(findings, diagnostic);
      std::string finding = cell(diagnostic.message);
      for (const std::string& note : diagnostic.notes) finding += "<br>" + cell(note);
      out += "| " + (place ? code(place->file->name() + ":" + std::to_string(place->begin.line)) : "") +
             " | " + code(diagnostic.object) + " | " + finding + " (" + code(rule.id) + ") | " +
             cell(advice_of(diagnostic)) + " |\n";
    }
  }
  if (!findings.diagnostics.empty()) out += "\n`pg2crdb rules explain RULE` explains a finding's rule.\n";
  return out;
}

}  // namespace pg2crdb
