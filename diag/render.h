#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "diag/diagnostic.h"
#include "support/source_file.h"

namespace pg2crdb {

/// Who decided that a finding is all right, and why.
struct Acknowledged {
  std::string by;  ///< "pg2crdb.toml" with its folder, or "inline comment"
  std::string reason;
  bool in_source = false;  ///< in the file that the finding is about
  bool is_old = false;     ///< it was there before, and is shown where all are alone
};

/// What is rendered. A finding whose `span.file` is no index of `files` has no place: it is about the run.
struct Findings {
  std::span<const Diagnostic> diagnostics;
  std::span<const SourceFile* const> files;                        ///< by index; none of them null
  std::span<const std::optional<Acknowledged>> acknowledged = {};  ///< one a diagnostic, or none at all
};

/// How findings are shown to a person as text.
struct TextStyle {
  bool color = false;      ///< ANSI colours
  bool shortened = false;  ///< where there are many: by severity and rule, the first three of each
};

struct RenderOptions {
  std::string tool_version;
  TextStyle text;
};

enum class FindingsFormat { text, gcc, json, jsonl, sarif, github, gitlab, junit, markdown, html };

/// "text" ... "html", as --format and --report name them.
std::optional<FindingsFormat> parse_findings_format(std::string_view name);

/// The findings in the order given, in UTF-8 whatever the input's bytes were, ending in a line feed unless
/// empty.
std::string render(FindingsFormat format, const Findings& findings, const RenderOptions& options);

/// `file:line:column: severity: message [rule-id]`, the source line with a caret under the place, notes and
/// help. Shortened, a rule's first three are followed by `97 more warnings [rule-id]: --all shows them`.
/// Control characters are shown as pictures, so that no input can talk to the terminal.
std::string render_text(const Findings& findings, const RenderOptions& options);
/// `file:line:column: severity: message [rule-id]`, a line each, as compilers write and editors read them.
std::string render_gcc(const Findings& findings, const RenderOptions& options);
/// The array `findings` of the report (docs/report.schema.json).
std::string render_json(const Findings& findings, const RenderOptions& options);
/// One object a line.
std::string render_jsonl(const Findings& findings, const RenderOptions& options);
/// SARIF 2.1.0, for code scanning.
std::string render_sarif(const Findings& findings, const RenderOptions& options);
/// GitHub's workflow commands, which become annotations.
std::string render_github(const Findings& findings, const RenderOptions& options);
/// GitLab's code quality report.
std::string render_gitlab(const Findings& findings, const RenderOptions& options);
/// JUnit's XML: a test a finding, which fails where it is an error or a warning.
std::string render_junit(const Findings& findings, const RenderOptions& options);
/// Tables for a pull request, one a severity.
std::string render_markdown(const Findings& findings, const RenderOptions& options);
/// The report as a page (`html_page`) of the findings alone.
std::string render_html(const Findings& findings, const RenderOptions& options);

/// One page for a browser, which loads nothing and lets nothing be loaded. `report` is JSON as
/// docs/report.schema.json describes it, of which the page shows what is there.
std::string html_page(std::string_view title, std::string_view report);

/// The array `findings`, for the report that is composed around it.
void append_findings_json(std::string& out, const Findings& findings);

/// "2 errors, 1 warning"; "no findings".
std::string count_sentence(std::span<const Diagnostic> diagnostics);

}  // namespace pg2crdb
