#include "diag/render_parts.h"

namespace pg2crdb {

std::string render_gcc(const Findings& findings, const RenderOptions&) {
  std::string out;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    const std::optional<Place> place = place_of(findings, diagnostic);
    out += place ? printable(place->file->name()) + ":" + std::to_string(place->begin.line) + ":" +
                       std::to_string(place->begin.column)
                 : "pg2crdb";
    out += ": ";
    out += diagnostic.severity == Severity::info ? "note" : to_string(diagnostic.severity);
    out += ": " + printable(diagnostic.message) + " [" + std::string(rule_of(diagnostic).id) + "]\n";
  }
  return out;
}

}  // namespace pg2crdb
