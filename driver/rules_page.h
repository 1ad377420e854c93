#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// docs/rules.md, which the build puts into the program.
extern const std::string_view rules_page;

/// The example that the page has of a rule, for a terminal: what is written, indented, and the finding behind
/// it. Empty where the page has none, as of rules of a person's own.
std::string rule_example(std::string_view id);

}  // namespace pg2crdb
