#pragma once
#include "routines/conversion.h"

namespace pg2crdb::routines {

/// Whether the body asks for FOUND anywhere.
bool reads_found(Conversion& conversion);

/// FOUND as a variable that each statement which sets it sets, wherever it is read. False where one of them
/// cannot say it: the body is not to be used then.
bool keep_found(Conversion& conversion);

}  // namespace pg2crdb::routines
