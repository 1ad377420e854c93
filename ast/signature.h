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

/// Of `$1`, which is what a routine's body may call its first parameter: 1. 0 of any other name.
inline size_t parameter_number(std::string_view name) {
  constexpr size_t most = 1000;
  if (name.size() < 2 || name[0] != '$') return 0;
  size_t number = 0;
  for (const char c : name.substr(1)) {
    if (c < '0' || c > '9' || number > most) return 0;
    number = number * 10 + static_cast<size_t>(c - '0');
  }
  return number;
}

}  // namespace pg2crdb::ast
