#pragma once
#include <vector>

#include "ast/statement.h"

namespace pg2crdb::ast {

/// Whether a call gives an argument for the parameter: overloads are told apart by those, not by OUT and
/// TABLE.
inline bool is_argument(const FunctionParameter& parameter) {
  using Mode = FunctionParameter::Mode;
  return parameter.mode != Mode::out && parameter.mode != Mode::table;
}

inline std::vector<TypeName> argument_types(const CreateFunction& function) {
  std::vector<TypeName> types;
  for (const FunctionParameter& parameter : function.parameters) {
    if (is_argument(parameter)) types.push_back(parameter.type);
  }
  return types;
}

/// Whether it can be called with so many arguments.
inline bool may_take(const CreateFunction& function, size_t count) {
  size_t least = 0, most = 0;
  for (const FunctionParameter& one : function.parameters) {
    if (one.mode == FunctionParameter::Mode::variadic) return true;
    if (!is_argument(one)) continue;
    ++most;
    least += one.default_value ? 0 : 1;
  }
  return least <= count && count <= most;
}

}  // namespace pg2crdb::ast
