#pragma once
#include <string>
#include <string_view>

#include "driver/compile.h"

namespace pg2crdb {

/// What became of each statement about an object, `public.film` or `film`: its lines in the dump beside those
/// of the output, the numbers of the former, and what was found in it. Empty where the script has no such
/// object.
std::string explain_object(const Compiled& compiled, std::string_view asked);

}  // namespace pg2crdb
