#pragma once
#include <string>
#include <vector>

#include "routines/conversion.h"

namespace pg2crdb::routines {

/// The records of the outermost block that stand for one which several queries fill, where each use of it is
/// about the row of one of them; none where that is not so, and nothing was done.
std::vector<std::string> divide_record(Conversion& conversion, const std::string& name);

}  // namespace pg2crdb::routines
