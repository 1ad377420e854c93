#pragma once
#include "routines/conversion.h"

namespace pg2crdb::routines {

/// Whether INSERT, UPDATE or DELETE changes one row at most, whatever the tables hold: a row of values, a key
/// that is compared with values.
bool changes_one_row(const Conversion& conversion, ast::StatementNode& statement);

}  // namespace pg2crdb::routines
