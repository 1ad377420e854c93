#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rewrite/rule.h"

namespace pg2crdb::rewrite {

/// A rule file as read. Findings and rules stay where they are as long as it lives; the pipeline and its
/// diagnostics point into it.
struct RuleFile {
  struct Header {  ///< `pass 'summary' in category, fidelity, phases-only;`
    std::string summary;
    std::string category;
    Fidelity fidelity = Fidelity::changes_behaviour;
    InOrder in_order = InOrder::runs;
  };
  std::string path;
  std::string text;
  std::optional<Header> header;
  std::vector<FindingKind> findings;  ///< all that its rules may report
  std::vector<RewriteRule> rules;     ///< in order of declaration
  std::deque<std::string> strings;    ///< what the findings' views point into
};

/// Why a rule file cannot be used: one problem, the first.
struct RuleProblem {
  std::string path;
  uint64_t line = 0;  ///< from 1, and the column counts characters
  uint64_t column = 0;
  std::string message;
  std::string excerpt;  ///< the line with a caret range below it, two lines
  std::string advice;   ///< empty where there is nothing to suggest

  /// All of it: "rules.rule:3:9: error: ...", the excerpt, the advice as help.
  std::string text() const;
};

using ReadRules = std::variant<std::unique_ptr<RuleFile>, RuleProblem>;

/// Reads a rule file: syntax, fragments, names of capabilities, passes and fields, and whether each rule can
/// match at all. `path` is for messages only.
ReadRules read_rule_file(std::string path, std::string text);

/// A problem at a place of a file, with its excerpt.
RuleProblem problem_at(std::string_view path, std::string_view text, Place place, std::string message,
                       std::string advice);

}  // namespace pg2crdb::rewrite
