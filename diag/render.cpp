#include "diag/render.h"

#include <array>

namespace pg2crdb {
namespace {

struct Format {
  std::string_view name;
  FindingsFormat format;
  std::string (*render)(const Findings&, const RenderOptions&);
};

constexpr std::array formats = {
    Format{"text", FindingsFormat::text, render_text},
    Format{"gcc", FindingsFormat::gcc, render_gcc},
    Format{"json", FindingsFormat::json, render_json},
    Format{"jsonl", FindingsFormat::jsonl, render_jsonl},
    Format{"sarif", FindingsFormat::sarif, render_sarif},
    Format{"github", FindingsFormat::github, render_github},
    Format{"gitlab", FindingsFormat::gitlab, render_gitlab},
    Format{"junit", FindingsFormat::junit, render_junit},
    Format{"markdown", FindingsFormat::markdown, render_markdown},
    Format{"html", FindingsFormat::html, render_html},
};

}  // namespace

std::optional<FindingsFormat> parse_findings_format(std::string_view name) {
  for (const Format& format : formats) {
    if (format.name == name) return format.format;
  }
  return std::nullopt;
}

std::string render(FindingsFormat format, const Findings& findings, const RenderOptions& options) {
  return formats[static_cast<size_t>(format)].render(findings, options);
}

std::string count_sentence(std::span<const Diagnostic> diagnostics) {
  std::string out;
  for (const Severity severity : {Severity::error, Severity::warning, Severity::info}) {
    size_t count = 0;
    for (const Diagnostic& diagnostic : diagnostics) count += diagnostic.severity == severity ? 1 : 0;
    if (count == 0) continue;
    if (!out.empty()) out += ", ";
    out += std::to_string(count) + " " + std::string(to_string(severity)) + (count == 1 ? "" : "s");
  }
  return out.empty() ? "no findings" : out;
}

}  // namespace pg2crdb
