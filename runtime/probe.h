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

/// Asks the cluster for each row of `probes.def`, in a database that is made for it and dropped at the end,
/// whatever happens; nothing else is changed. What the role may not ask, what takes too long, and what is
/// left after a minute is `unknown`. An error where the database cannot be made or dropped (its name is in
/// the error then), and where the connection is lost or the work stopped.
Result<std::vector<ProbedCapability>> probe(const std::string& url);

}  // namespace pg2crdb
