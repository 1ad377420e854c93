#pragma once
#include <string>
#include <string_view>

#include "ast/type.h"

namespace pg2crdb::ast {

/// The integer that a serial column holds: "int4" of serial and serial4; empty for other types.
inline std::string_view integer_of_serial(const TypeName& type) {
  if (!type.name.schema.empty() || !type.array_bounds.empty()) return {};
  const std::string& name = type.name.name;
  if (name == "serial" || name == "serial4") return "int4";
  if (name == "bigserial" || name == "serial8") return "int8";
  if (name == "smallserial" || name == "serial2") return "int2";
  return {};
}

}  // namespace pg2crdb::ast
