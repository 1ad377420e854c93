#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "support/counted.h"

namespace pg2crdb {

/// "1 index" and "1,234 indexes", of words that take more than an s.
std::string counted(uint64_t count, std::string_view one, std::string_view many);
/// "1 row was" and "1,234 rows were".
std::string counted_were(uint64_t count, std::string_view what);

}  // namespace pg2crdb
