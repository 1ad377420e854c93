#pragma once
#include <string_view>

#include "target/target.h"

namespace pg2crdb {

/// Whether CockroachDB has a function of that name, or a type that is called as one. Without a schema, in
/// lower case.
bool is_built_in_function(std::string_view name);

/// pg_trigger_depth() is one of them, and younger than the others: #162286.
inline constexpr Version first_with_trigger_depth{26, 2};

/// Whether CockroachDB has an operator of that name for some type. Which one of several an expression means
/// goes by its types.
bool is_built_in_operator(std::string_view name);

}  // namespace pg2crdb
