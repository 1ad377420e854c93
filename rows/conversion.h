#pragma once
#include <string>

#include "plan/load_plan.h"
#include "rows/copy_text.h"

namespace pg2crdb {

/// The value as it goes to the target; points into `scratch` where it changed. False where the value is not
/// of the form that the conversion takes (a key that is no integer, money that is no amount). NULL stays
/// NULL.
bool convert(const LoadPlan::Column& column, Field& field, std::string& scratch);

/// UUID version 5 (RFC 9562) of a key's value: the name is `<schema>.<table>:<decimal>`, in a namespace that
/// this project fixes.
std::string uuid_of_key(std::string_view key_namespace, std::string_view value);

}  // namespace pg2crdb
