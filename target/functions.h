#pragma once
#include <string_view>

#include "target/target.h"

namespace pg2crdb {

/// Whether a release has a function of that name; as below.
bool has_function(const Target& target, std::string_view name);
/// Whether `later_functions.def` says since when CockroachDB has it.
bool is_later_function(std::string_view name);

/// Whether CockroachDB has a function of that name, or a type that is called as one. Without a schema, in
/// lower case.
bool is_built_in_function(std::string_view name);

/// Whether only an extension defines a type of that name: what CockroachDB has of them is in no schema.
bool is_extension_type(std::string_view name);
/// Whether a release has such a type.
bool has_extension_type(const Target& target, std::string_view name);

/// Whether CockroachDB has an operator of that name for some type. Which one of several an expression means
/// goes by its types.
bool is_built_in_operator(std::string_view name);

}  // namespace pg2crdb
