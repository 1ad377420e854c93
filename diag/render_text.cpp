#include <algorithm>
#include <functional>
#include <map>
#include <utility>

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

void append(std::string& out, const Findings& findings, const Diagnostic& diagnostic, bool in_color) {
  const Colors color = colors(diagnostic.severity, in_color);
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

using Group = std::vector<const Diagnostic*>;

/// By severity, the worst first, and by rule, in the order in which they are first met.
std::vector<Group> groups_of(const Findings& findings) {
  std::vector<Group> groups;
  std::map<std::pair<Severity, std::string_view>, size_t> place_of_group;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    const auto [found, fresh] =
        place_of_group.try_emplace({diagnostic.severity, rule_of(diagnostic).id}, groups.size());
    if (fresh) groups.emplace_back();
    groups[found->second].push_back(&diagnostic);
  }
  std::ranges::stable_sort(groups, std::ranges::greater(),
                           [](const Group& group) { return group.front()->severity; });
  return groups;
}

void append_shortened(std::string& out, const Findings& findings, bool in_color) {
  constexpr size_t most = 5;   // of a rule, shown one by one
  constexpr size_t first = 3;  // of more
  for (const Group& group : groups_of(findings)) {
    const size_t shown = group.size() > most ? first : group.size();
    for (size_t i = 0; i < shown; ++i) append(out, findings, *group[i], in_color);
    if (shown == group.size()) continue;
    const Colors color = colors(group.front()->severity, in_color);
    out.append(color.severity).append(std::to_string(group.size() - shown)).append(" more ");
    out.append(to_string(group.front()->severity)).append("s").append(color.reset);
    out.append(" [").append(rule_of(*group.front()).id).append("]: --all shows them\n");
  }
}

}  // namespace

std::string render_text(const Findings& findings, const RenderOptions& options) {
  constexpr size_t many = 20;
  std::string out;
  if (options.text.shortened && findings.diagnostics.size() > many) {
    append_shortened(out, findings, options.text.color);
    return out;
  }
  for (const Diagnostic& diagnostic : findings.diagnostics)
    append(out, findings, diagnostic, options.text.color);
  return out;
}

}  // namespace pg2crdb
