#pragma once
#include <span>
#include <string>

#include "runtime/probe.h"
#include "support/result.h"
#include "target/target.h"

namespace pg2crdb {

/// A cluster's release, and what it answered.
struct ClusterAnswers {
  Version version;
  Answers answers;
};

/// What `pg2crdb probe` wrote. An error (Kind::usage) names the line of what is unknown or wrong, and tells
/// of rows that are missing.
Result<ClusterAnswers> read_capabilities(const std::string& path);

/// The text of such a file. What the cluster did not answer is left out.
std::string capabilities_text(Version version, std::span<const ProbedCapability> probed);

}  // namespace pg2crdb
