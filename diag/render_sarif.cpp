#include <algorithm>

#include "diag/render_parts.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

std::string_view level(Severity severity) {
  return severity == Severity::info ? "note" : to_string(severity);
}

void append_text(std::string& out, std::string_view name, std::string_view text) {
  append_json_string(out, name);
  out += ":{\"text\":";
  append_json_string(out, text);
  out += '}';
}

// A path as a URI reference: relative stays relative.
std::string uri(std::string_view path) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  constexpr std::string_view unescaped = "-._~/!$&'()*+,;=@";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || unescaped.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += hex[static_cast<unsigned char>(c) >> 4U];
      out += hex[static_cast<unsigned char>(c) & 0xFU];
    }
  }
  return out;
}

void append_rule(std::string& out, const FindingKind& rule) {
  out += "{\"id\":";
  append_json_string(out, rule.id);
  out += ',';
  append_text(out, "shortDescription", rule.summary);
  out += ',';
  append_text(out, "help", rule.advice.empty() ? rule.summary : rule.advice);
  out += ",\"defaultConfiguration\":{\"level\":";
  append_json_string(out, level(rule.severity));
  out += "},\"properties\":{\"category\":";
  append_json_string(out, rule.category);
  out += ",\"tags\":[";
  append_json_string(out, rule.category);
  out += "]}}";
}

void append_locations(std::string& out, const Place& place) {
  out += ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":";
  append_json_string(out, uri(place.file->name()));
  out += "},\"region\":{\"startLine\":" + std::to_string(place.begin.line) +
         ",\"startColumn\":" + std::to_string(place.begin.column) +
         ",\"endLine\":" + std::to_string(place.end.line) +
         ",\"endColumn\":" + std::to_string(place.end.column) + "}}}]";
}

}  // namespace

std::string render_sarif(const Findings& findings, const RenderOptions& options) {
  std::vector<const FindingKind*> rules;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    const FindingKind& rule = rule_of(diagnostic);
    if (std::ranges::find(rules, &rule) == rules.end()) rules.push_back(&rule);
  }
  std::string out =
      "{\"version\":\"2.1.0\",\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"runs\":[{\n"
      "\"tool\":{\"driver\":{\"name\":\"pg2crdb\",\"version\":";
  append_json_string(out, options.tool_version);
  out += ",\"rules\":[";
  for (const FindingKind* rule : rules) {
    out += rule == rules.front() ? "\n" : ",\n";
    append_rule(out, *rule);
  }
  out += "\n]}},\n\"columnKind\":\"unicodeCodePoints\",\n\"results\":[";
  const std::vector<std::string> marks = fingerprints(findings);
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Diagnostic& diagnostic = findings.diagnostics[i];
    const FindingKind& rule = rule_of(diagnostic);
    out += i == 0 ? "\n{\"ruleId\":" : ",\n{\"ruleId\":";
    append_json_string(out, rule.id);
    out += ",\"ruleIndex\":" + std::to_string(std::ranges::find(rules, &rule) - rules.begin());
    out += ",\"level\":";
    append_json_string(out, level(diagnostic.severity));
    out += ',';
    std::string message = diagnostic.message;
    for (const std::string& note : diagnostic.notes) message += "\nnote: " + note;
    if (!advice_of(diagnostic).empty()) message += "\nhelp: " + std::string(advice_of(diagnostic));
    append_text(out, "message", message);
    if (const std::optional<Place> place = place_of(findings, diagnostic)) append_locations(out, *place);
    out += ",\"partialFingerprints\":{\"pg2crdb/v1\":";
    append_json_string(out, marks[i]);
    out += '}';
    if (!findings.acknowledged.empty() && findings.acknowledged[i]) {
      const Acknowledged& acknowledged = *findings.acknowledged[i];
      out += ",\"suppressions\":[{\"kind\":";
      append_json_string(out, acknowledged.in_source ? "inSource" : "external");
      out += ",\"status\":\"accepted\",\"justification\":";
      append_json_string(out, acknowledged.reason);
      out += "}]";
    }
    out += '}';
  }
  return out + "\n]}]}\n";
}

}  // namespace pg2crdb
