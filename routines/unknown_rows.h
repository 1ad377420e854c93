#pragma once
#include <vector>

#include "routines/conversion.h"

namespace pg2crdb::routines {

/// Of loops over queries and records that are left: which relations and functions in them the dump does not
/// have.
std::vector<Change> unknown_rows(Conversion& conversion);

}  // namespace pg2crdb::routines
