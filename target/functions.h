#pragma once
#include <string_view>

namespace pg2crdb {

/// Whether CockroachDB has a function of that name, or a type that is called as one. Without a schema, in
/// lower case.
bool is_built_in_function(std::string_view name);

}  // namespace pg2crdb
