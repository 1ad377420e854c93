#pragma once
#include <memory>
#include <string>
#include <vector>

#include "driver/config.h"
#include "rewrite/rule_set.h"
#include "support/result.h"

namespace pg2crdb {

/// The rule files at the paths, each a file or a folder (then all *.rule below it, in order of their names),
/// as one set; a file that is named twice is read once. Fails with a usage error that points into the file on
/// what cannot be read or never match, on a finding that is reported by something else already, and on a
/// place next to a pass that does not exist.
Result<std::shared_ptr<const rewrite::RuleSet>> load_rules(const std::vector<std::string>& paths,
                                                           const PipelineOptions& pipeline);

/// A problem of a rule file as an error.
Error to_error(const rewrite::RuleProblem& problem);

/// The rewrite rules that a run would use: those of the built-in passes, then a person's own.
std::vector<const rewrite::RewriteRule*> rewrite_rules(const Choices& choices);

}  // namespace pg2crdb
