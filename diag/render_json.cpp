#include "diag/render_parts.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  append_json_string(out, name);
  out += ':';
  append_json_string(out, value);
}

void append_point(std::string& out, const Location& location, uint64_t byte) {
  out += "{\"line\":" + std::to_string(location.line) + ",\"column\":" + std::to_string(location.column) +
         ",\"byte\":" + std::to_string(byte) + "}";
}

void append_finding(std::string& out, const Findings& findings, const Diagnostic& diagnostic) {
  const FindingKind& rule = rule_of(diagnostic);
  out += '{';
  append_member(out, "rule", rule.id);
  out += ',';
  append_member(out, "severity", to_string(diagnostic.severity));
  out += ',';
  append_member(out, "category", rule.category);
  out += ',';
  append_member(out, "object", diagnostic.object);
  out += ",\"span\":";
  if (const std::optional<Place> place = place_of(findings, diagnostic)) {
    out += '{';
    append_member(out, "file", place->file->name());
    out += ",\"start\":";
    append_point(out, place->begin, diagnostic.span.begin);
    out += ",\"end\":";
    append_point(out, place->end, diagnostic.span.end);
    out += '}';
  } else {
    out += "null";
  }
  out += ',';
  append_member(out, "message", diagnostic.message);
  out += ",\"notes\":[";
  for (const std::string& note : diagnostic.notes) {
    if (out.back() != '[') out += ',';
    append_json_string(out, note);
  }
  out += "],";
  append_member(out, "advice", advice_of(diagnostic));
  out += ',';
  append_member(out, "docs", "pg2crdb rules explain " + std::string(rule.id));
  out += '}';
}

}  // namespace

void append_findings_json(std::string& out, const Findings& findings) {
  out += '[';
  bool first = true;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    out += first ? "\n" : ",\n";
    first = false;
    append_finding(out, findings, diagnostic);
  }
  out += first ? "]" : "\n]";
}

std::string render_json(const Findings& findings, const RenderOptions&) {
  std::string out;
  append_findings_json(out, findings);
  return out + "\n";
}

std::string render_jsonl(const Findings& findings, const RenderOptions&) {
  std::string out;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    append_finding(out, findings, diagnostic);
    out += '\n';
  }
  return out;
}

}  // namespace pg2crdb
