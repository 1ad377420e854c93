#include "diag/render_parts.h"
#include "support/json.h"

namespace pg2crdb {
namespace {

std::string_view gitlab_severity(Severity severity) {
  if (severity == Severity::error) return "critical";
  return severity == Severity::warning ? "minor" : "info";
}

}  // namespace

std::string render_gitlab(const Findings& findings, const RenderOptions&) {
  const std::vector<std::string> marks = fingerprints(findings);
  std::string out = "[";
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Diagnostic& diagnostic = findings.diagnostics[i];
    std::string description = diagnostic.message;
    if (!advice_of(diagnostic).empty()) description += "; " + std::string(advice_of(diagnostic));
    out += i == 0 ? "\n{\"description\":" : ",\n{\"description\":";
    append_json_string(out, description);
    out += ",\"check_name\":";
    append_json_string(out, rule_of(diagnostic).id);
    out += ",\"fingerprint\":";
    append_json_string(out, marks[i]);
    out += ",\"severity\":";
    append_json_string(out, gitlab_severity(diagnostic.severity));
    // A place is compulsory.
    const std::optional<Place> place = place_of(findings, diagnostic);
    std::string_view path = place ? std::string_view(place->file->name()) : std::string_view("pg2crdb.toml");
    if (path.starts_with("./")) path.remove_prefix(2);
    out += ",\"location\":{\"path\":";
    append_json_string(out, path);
    out += ",\"lines\":{\"begin\":" + std::to_string(place ? place->begin.line : 1) + "}}}";
  }
  return out + (findings.diagnostics.empty() ? "]\n" : "\n]\n");
}

}  // namespace pg2crdb
