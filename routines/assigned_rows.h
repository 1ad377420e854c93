#pragma once
#include <string>

#include "routines/conversion.h"

namespace pg2crdb::routines {

/// Whether a record has a row wherever it is read: PostgreSQL raises an error where it has none. It has one
/// behind each place that gives it one, as far as the statements beside that go, and inside of a loop.
bool is_assigned_where_read(Conversion& conversion, const std::string& record);

}  // namespace pg2crdb::routines
