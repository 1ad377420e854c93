#pragma once
#include <string>
#include <vector>

#include "runtime/connection.h"
#include "support/result.h"
#include "target/target.h"

namespace pg2crdb {

/// What became of the question for one capability.
struct ProbedCapability {
  enum class Outcome { can, cannot, unknown };
  Capability capability;
  Outcome outcome = Outcome::unknown;
  std::string said;  ///< the server's words where it refused; why it was not asked, or could not be
};

/// What a cluster was asked.
struct ProbedCluster {
  std::vector<ProbedCapability> rows;  ///< one a row of `probes.def`
  std::vector<std::string> removed =
      {};  ///< databases that probes which were interrupted left, and that are gone
  std::vector<std::string> left = {};  ///< those of the last minutes: a probe may be at work in them
};

/// Asks the cluster for each row of `probes.def`, in a database that is made for it and dropped at the end,
/// whatever happens; of the rest of the cluster only what older probes left is dropped. What the role may not
/// ask, what takes too long, and what is left after a minute is `unknown`. An error where the database cannot
/// be made or dropped (its name is in the error then), and where the connection is lost or the work stopped.
Result<ProbedCluster> probe(const std::string& url);

}  // namespace pg2crdb
