#pragma once
#include <map>

#include "target/target.h"

namespace pg2crdb {

/// What a cluster can do of what it was asked.
using Answers = std::map<Capability, bool>;

/// From here on every Target has what the cluster answered, whatever the table says of its release: a program
/// compiles for one cluster. To be called once, before anything is compiled.
void believe(Answers answers);

}  // namespace pg2crdb
