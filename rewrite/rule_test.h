#pragma once
#include <string>
#include <vector>

#include "rewrite/rule_file.h"
#include "target/target.h"

namespace pg2crdb::rewrite {

/// What became of one `test` of a rule.
struct RuleTestResult {
  bool passed = false;
  Place place;          ///< of the test in the rule's file
  std::string problem;  ///< what was expected and what came, as a diff; empty where it passed
  std::string output;   ///< what the input became, as SQL
  std::vector<std::string> reports;
};

/// Runs a rule's tests, each on its own: names are taken as they stand, and no other rule or pass runs. What
/// comes out is compared as trees, so that blanks and spelling do not matter.
std::vector<RuleTestResult> run_tests(const RewriteRule& rule);

/// The file's text with what came out in place of what its failed tests expected. What a test does not say
/// (`becomes`, `reports`) is not added; `unchanged` stays.
std::string updated_text(const RuleFile& file);

}  // namespace pg2crdb::rewrite
