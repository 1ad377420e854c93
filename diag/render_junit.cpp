#include <algorithm>

#include "diag/render_parts.h"

namespace pg2crdb {

std::string render_junit(const Findings& findings, const RenderOptions&) {
  const auto failures = std::ranges::count_if(
      findings.diagnostics, [](const Diagnostic& one) { return one.severity != Severity::info; });
  const std::string counts = " tests=\"" + std::to_string(findings.diagnostics.size()) + "\" failures=\"" +
                             std::to_string(failures) + "\">\n";
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + counts +
                    "<testsuite name=\"pg2crdb\"" + counts;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    const std::optional<Place> place = place_of(findings, diagnostic);
    const std::string file = place ? escape_markup(place->file->name()) : std::string();
    const std::string line = place ? std::to_string(place->begin.line) : std::string();
    const std::string rule = escape_markup(rule_of(diagnostic).id);
    const std::string message = escape_markup(diagnostic.message);
    out += "<testcase classname=\"" + rule + "\" name=\"" + (place ? file + ":" + line : "pg2crdb") + "\"";
    if (place) out += " file=\"" + file + "\" line=\"" + line + "\"";
    std::string text = message;
    for (const std::string& note : diagnostic.notes) text += "\nnote: " + escape_markup(note);
    if (!advice_of(diagnostic).empty()) text += "\nhelp: " + escape_markup(advice_of(diagnostic));
    if (diagnostic.severity == Severity::info) {
      out += "><system-out>" + text + "</system-out></testcase>\n";
    } else {
      out += "><failure type=\"" + std::string(to_string(diagnostic.severity)) + "\" message=\"" + message +
             "\">" + text + "</failure></testcase>\n";
    }
  }
  return out + "</testsuite>\n</testsuites>\n";
}

}  // namespace pg2crdb
