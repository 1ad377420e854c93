#pragma once
#include <string>
#include <vector>

#include "rewrite/pass.h"
#include "support/result.h"

namespace pg2crdb {

/// The passes of shared objects, in order; a file that is named twice is loaded once. They stay loaded until
/// the program ends. Fails with a usage error on a file that is no plugin or one of another version, on a
/// pass or a rule that is there already, and on a place next to a pass that does not exist.
Result<std::vector<PlacedPass>> load_plugins(const std::vector<std::string>& paths);

}  // namespace pg2crdb
