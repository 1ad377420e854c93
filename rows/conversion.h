#pragma once
#include <string>

#include "plan/load_plan.h"
#include "rows/copy_text.h"

namespace pg2crdb {

/// Whether each value goes to the target as it is.
bool goes_as_it_is(const LoadPlan::Column& column);
/// Whether the column's type becomes a text, or a cidr an inet, of which PostgreSQL prints one form, whatever
/// it was written as: that is what goes to the target, `[1,3)` of an int4range's '[1, 2]'.
bool goes_as_printed(const LoadPlan::Column& column);

/// The value as it goes to the target; points into `scratch` where it changed. False where the value is not
/// of the form that the conversion takes (a key that is no integer, money that is no amount), or
/// where it is not known how PostgreSQL prints it. NULL stays NULL.
bool convert(const LoadPlan::Column& column, Field& field, std::string& scratch);

/// UUID version 5 (RFC 9562) of a key's value: the name is `<schema>.<table>:<decimal>`, in a namespace that
/// this project fixes.
std::string uuid_of_key(std::string_view key_namespace, std::string_view value);

}  // namespace pg2crdb
