#include "diag/render_parts.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

// The escapes of GitHub's runner; a property also ends at a comma or colon.
std::string escape(std::string_view text, bool property) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const Utf8Character character = decode_utf8(text.substr(i));
    switch (text[i]) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += printable(text.substr(i, character.length));
    }
    i += character.length;
  }
  return out;
}

}  // namespace

std::string render_github(const Findings& findings, const RenderOptions&) {
  std::string out;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    out += "::";
    out += diagnostic.severity == Severity::info ? "notice" : to_string(diagnostic.severity);
    out += ' ';
    if (const std::optional<Place> place = place_of(findings, diagnostic)) {
      out += "file=" + escape(place->file->name(), true) + ",line=" + std::to_string(place->begin.line) +
             ",endLine=" + std::to_string(place->end.line);
      // Columns are only taken within one line, and the last one is meant to be inside.
      if (place->begin.line == place->end.line) {
        const uint64_t last =
            place->end.column > place->begin.column ? place->end.column - 1 : place->begin.column;
        out += ",col=" + std::to_string(place->begin.column) + ",endColumn=" + std::to_string(last);
      }
      out += ',';
    }
    out += "title=" + escape(rule_of(diagnostic).id, true) + "::" + escape(diagnostic.message, false);
    for (const std::string& note : diagnostic.notes) out += "%0Anote: " + escape(note, false);
    if (!advice_of(diagnostic).empty()) out += "%0Ahelp: " + escape(advice_of(diagnostic), false);
    out += '\n';
  }
  return out;
}

}  // namespace pg2crdb
