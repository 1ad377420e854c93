#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "plan/object_name.h"
#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// The rows that break a FOREIGN KEY or a CHECK which is not validated, at most `most`: each by its primary
/// key, with the values of a foreign key, "id=7: (department)=('99')". Empty for other constraints, and where
/// the rows cannot be asked for.
Result<std::vector<std::string>> violating_rows(Connection& connection, const ObjectName& table,
                                                const std::string& constraint, uint64_t most);

}  // namespace pg2crdb
