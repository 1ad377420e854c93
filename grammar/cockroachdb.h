#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "target/target.h"

namespace pg2crdb {

/// Why CockroachDB would not parse a statement.
struct SyntaxProblem {
  size_t offset = 0;  ///< bytes from the statement's beginning
  std::string message;
};

}  // namespace pg2crdb
