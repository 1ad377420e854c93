#pragma once
#include <string_view>

namespace pg2crdb {

/// What a function does at most, from the strictest promise on.
enum class Volatility { immutable, stable, volatile_ };

/// Of a function that CockroachDB has, by its name; where overloads differ, the strictest of them.
Volatility built_in_volatility(std::string_view name);
/// Whether an overload is less strict than that, by the types of its arguments.
bool has_changing_overload(std::string_view name);

}  // namespace pg2crdb
