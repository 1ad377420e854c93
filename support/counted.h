#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace pg2crdb {

/// "1,234,567".
std::string with_commas(uint64_t number);
/// "1 statement" and "1,234 statements".
std::string counted(uint64_t count, std::string_view what);

}  // namespace pg2crdb
