#pragma once
#include "routines/conversion.h"

/// Between the sources of this folder only.
namespace pg2crdb::routines {

/// Notes RAISE with an ERRCODE that a variable holds, where the body has the name of an error that
/// CockroachDB knows by its SQLSTATE alone.
void find_unknown_error_codes(Conversion& conversion);

}  // namespace pg2crdb::routines
