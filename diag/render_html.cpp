#include <algorithm>

#include "diag/render_parts.h"

namespace pg2crdb {
namespace {

constexpr size_t widest_line = 160;

constexpr std::string_view style = R"(
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-top: 1px solid #8886; padding-top: 1rem; font-size: 1.15rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .875rem; }
pre { overflow-x: auto; margin: .5rem 0; padding: .5rem .75rem; background: #8881; border-radius: 4px; }
mark { background: #f5c51855; color: inherit; border-bottom: 2px solid #d39e00; }
.error { color: #c62828; } .warning { color: #b26a00; } .info { color: #1565c0; }
.where, .line { opacity: .65; }
article { margin: 1.25rem 0; }
p { margin: .25rem 0; }
)";

// A message: what stands between backticks is code.
std::string message(std::string_view text) {
  const std::string escaped = escape_markup(text);
  std::string out;
  size_t done = 0;
  for (;;) {
    const size_t open = escaped.find('`', done);
    const size_t close = open == std::string::npos ? open : escaped.find('`', open + 1);
    if (close == std::string::npos) return out + escaped.substr(done);
    out +=
        escaped.substr(done, open - done) + "<code>" + escaped.substr(open + 1, close - open - 1) + "</code>";
    done = close + 1;
  }
}

void append_finding(std::string& out, const Findings& findings, const Diagnostic& diagnostic) {
  const std::string severity(to_string(diagnostic.severity));
  out += "<article>\n<p><strong class=\"" + severity + "\">" + severity + "</strong> " +
         message(diagnostic.message) + "</p>\n";
  if (const std::optional<Place> place = place_of(findings, diagnostic)) {
    out += "<p class=\"where\">" + escape_markup(place->file->name()) + ":" +
           std::to_string(place->begin.line) + ":" + std::to_string(place->begin.column) + "</p>\n";
    if (const std::optional<Excerpt> excerpt = excerpt_of(*place, diagnostic.span, widest_line)) {
      out += "<pre><span class=\"line\">" + std::to_string(excerpt->line) + " | </span>" +
             escape_markup(excerpt->before) + "<mark>" + escape_markup(excerpt->marked) + "</mark>" +
             escape_markup(excerpt->after) + "</pre>\n";
    }
  }
  for (const std::string& note : diagnostic.notes) out += "<p>Note: " + message(note) + "</p>\n";
  if (!diagnostic.advice.empty()) out += "<p>Help: " + message(diagnostic.advice) + "</p>\n";
  out += "</article>\n";
}

}  // namespace

std::string render_html(const Findings& findings, const RenderOptions& options) {
  std::vector<const FindingKind*> rules;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    const FindingKind& rule = rule_of(diagnostic);
    if (std::ranges::find(rules, &rule) == rules.end()) rules.push_back(&rule);
  }
  std::ranges::stable_sort(
      rules, [](const FindingKind* a, const FindingKind* b) { return a->severity > b->severity; });
  const std::string counts = count_sentence(findings.diagnostics);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>pg2crdb: " +
      counts + "</title>\n<style>" + std::string(style) +
      "</style>\n</head>\n<body>\n<h1>pg2crdb: " + counts + "</h1>\n";
  for (const FindingKind* rule : rules) {
    std::vector<const Diagnostic*> found;
    for (const Diagnostic& diagnostic : findings.diagnostics) {
      if (diagnostic.rule == rule) found.push_back(&diagnostic);
    }
    const std::string id = escape_markup(rule->id);
    out += "<section id=\"" + id + "\">\n<h2><code>" + id + "</code> (" + std::to_string(found.size()) +
           ")</h2>\n<p>" + message(rule->summary) + "</p>\n";
    if (!rule->advice.empty()) out += "<p>" + message(rule->advice) + "</p>\n";
    for (const Diagnostic* diagnostic : found) append_finding(out, findings, *diagnostic);
    out += "</section>\n";
  }
  return out + "<footer class=\"where\"><p>pg2crdb " + escape_markup(options.tool_version) +
         "</p></footer>\n</body>\n</html>\n";
}

}  // namespace pg2crdb
