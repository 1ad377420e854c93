#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "scan/scan.h"

namespace pg2crdb {

/// "1 row", "36,684 rows".
std::string counted_rows(uint64_t rows);
/// "none of 36,684 rows holds ...", "3 of 36,684 rows hold ...".
std::string sentence(const Answer& answer, std::string_view what);
/// "2 rows hold values that were not understood".
std::string not_understood(uint64_t rows);

}  // namespace pg2crdb
