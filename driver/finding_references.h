#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "diag/diagnostic.h"
#include "target/target.h"

namespace pg2crdb {

/// Where CockroachDB itself says more of what a finding is about.
struct Reference {
  std::string text;  ///< "issue #46657"
  std::string url;
};

/// The issues and release notes that the evidence of a row of `capabilities.def` names.
std::vector<Reference> references_in(std::string_view evidence);
/// Those of the capability whose lack the finding tells; empty where none is known.
std::vector<Reference> references_of(const Diagnostic& finding);

/// Which capability a rule's findings are about. Of a rule with several the message says which.
struct RuleCapability {
  std::string_view rule;
  std::string_view words;  ///< of the message; empty: of every one
  Capability capability;
};
std::span<const RuleCapability> rule_capabilities();

}  // namespace pg2crdb
