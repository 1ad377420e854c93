#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// A type as format_type() spells it, where a script may call it otherwise: "timestamptz(3)" is "timestamp(3)
/// with time zone", "int8[]" "bigint[]". All others stay as they are.
std::string printed_type(std::string_view written);

}  // namespace pg2crdb
