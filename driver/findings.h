#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "diag/diagnostic.h"
#include "diag/render.h"
#include "driver/config.h"
#include "driver/decided_statements.h"
#include "support/counted.h"
#include "support/source_file.h"

namespace pg2crdb {

/// A rule of `-- pg2crdb: ignore rule-id, ... reason="..."`, on a line of its own before a statement or
/// inside one.
struct InlineIgnore {
  std::string rule;
  std::string reason;     ///< empty where none is given
  Span statement;         ///< the statement that it is about; empty where it stands before none
  Span comment = {};      ///< empty where its place is not known
  Span merged_into = {};  ///< the statement that says now what it said; empty where it does so itself
  std::vector<std::string> names = {};  ///< those in its text, where it was merged
  std::string misspelt = {};            ///< the word that stands for `ignore`, and acknowledges nothing
};

/// A finding of a rule, as severe as that is.
Diagnostic about(const FindingKind& rule, const Span& span, std::string object, std::string message);

/// Whether a place begins in a statement.
bool is_within(const Span& statement, const Span& place);

/// Whether it is about the finding: its rule, and its pattern of objects.
bool matches(const Decision& decision, const Diagnostic& finding);

/// What one run found, in the order of the inputs, after a person's choices: what is not selected is gone,
/// severities are as chosen, and what was decided is marked.
struct JudgedFindings {
  std::vector<Diagnostic> diagnostics;
  std::vector<std::optional<Acknowledged>> acknowledged;  ///< one a diagnostic
  std::vector<const SourceFile*> files;                   ///< what spans point into
  std::unique_ptr<SourceFile> config_file;  ///< the last of `files` where there is a configuration

  size_t count(Severity severity) const;  ///< those that nobody acknowledged
  size_t count_acknowledged() const;
  /// Whether an unacknowledged finding is at least so severe.
  bool any_from(Severity severity) const;
  /// In one of diag's forms but `json`, which is the whole report: an acknowledged finding is an info with a
  /// note that says who and why; as jsonl it has a member `acknowledged`, as sarif it is suppressed, and as
  /// github and gitlab, which ask for something to be done, it is left out, as old ones are everywhere else.
  std::string render_as(FindingsFormat format, const TextStyle& style = {}) const;
  /// The array `findings` of the report.
  void append_json(std::string& out) const;
};

/// `decided` is what decisions made of statements; nullptr where they are left as they are.
JudgedFindings judge(Diagnostics diagnostics, const Choices& choices, std::vector<const SourceFile*> files,
                     const std::vector<InlineIgnore>& ignores, const DecidedStatements* decided = nullptr);

/// Of standard error or output. Colours: as --color says, else on a terminal without NO_COLOR.
TextStyle text_style(const Options& options, int descriptor);

/// Of this machine's clock and zone: "2026-12-31".
std::string today();

}  // namespace pg2crdb
