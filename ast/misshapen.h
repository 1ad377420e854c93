#pragma once
#include <string_view>

#include "ast/reflect.h"

namespace pg2crdb::ast {

/// What every tree of the parser looks like, beyond the types of its fields: the reason why a node of this
/// type does not, "has no operator"; empty where it does.
std::string_view misshapen(const TypeInfo& type, const void* node);

}  // namespace pg2crdb::ast
