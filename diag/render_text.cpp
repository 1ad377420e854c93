#include "diag/render_parts.h"

namespace pg2crdb {
namespace {

// Of a terminal; longer source lines are cut around the place.
constexpr size_t widest_line = 160;

// ANSI escape sequences, or nothing.
struct Colors {
  std::string_view bold;
  std::string_view severity;
  std::string_view caret;
  std::string_view gutter;
  std::string_view reset;
};

Colors colors(Severity severity, bool color) {
  if (!color) return {};
  std::string_view of_severity = "\x1b[1;36m";
  if (severity == Severity::error) of_severity = "\x1b[1;31m";
  if (severity == Severity::warning) of_severity = "\x1b[1;35m";
  return {"\x1b[1m", of_severity, "\x1b[1;32m", "\x1b[2m", "\x1b[0m"};
}

void append_source(std::string& out, const Excerpt& excerpt, const Colors& color) {
  const std::string number = std::to_string(excerpt.line);
  const std::string margin(number.size() < 5 ? 5 - number.size() : 0, ' ');
  out.append(color.gutter).append(margin).append(number).append(" | ").append(color.reset);
  out += excerpt.before;
  out += excerpt.marked;
  out += excerpt.after;
  out += '\n';
  out.append(color.gutter).append(margin.size() + number.size(), ' ').append(" | ").append(color.reset);
  out.append(excerpt.before_width, ' ').append(color.caret).append("^");
  if (excerpt.marked_width > 1) out.append(excerpt.marked_width - 1, '~');
  out.append(color.reset).append("\n");
}

void append_line(std::string& out, std::string_view label, std::string_view text, const Colors& color) {
  out.append("  ").append(color.bold).append(label).append(color.reset).append(" ").append(printable(text));
  out += '\n';
}

}  // namespace

std::string render_text(const Findings& findings, const RenderOptions& options) {
  std::string out;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    const Colors color = colors(diagnostic.severity, options.color);
    const std::optional<Place> place = place_of(findings, diagnostic);
    out += color.bold;
    if (place) {
      out += printable(place->file->name()) + ":" + std::to_string(place->begin.line) + ":" +
             std::to_string(place->begin.column) + ": ";
    }
    out.append(color.reset).append(color.severity).append(to_string(diagnostic.severity)).append(": ");
    out.append(color.reset).append(color.bold).append(printable(diagnostic.message)).append(color.reset);
    out.append(" [").append(rule_of(diagnostic).id).append("]\n");
    if (place) {
      const std::optional<Excerpt> excerpt = excerpt_of(*place, diagnostic.span, widest_line);
      if (excerpt) append_source(out, *excerpt, color);
    }
    for (const std::string& note : diagnostic.notes) append_line(out, "note:", note, color);
    if (!advice_of(diagnostic).empty()) append_line(out, "help:", advice_of(diagnostic), color);
  }
  return out;
}

}  // namespace pg2crdb
