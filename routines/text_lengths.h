#pragma once
#include <cstddef>
#include <optional>
#include <string>

#include "ast/type.h"

/// How long the texts of types are; between the sources of this folder only.
namespace pg2crdb::routines {

/// varchar(n), char(n).
struct Limit {
  std::string type;  ///< as PostgreSQL writes it
  size_t length = 0;
};

/// Nothing where it is none, or too large.
std::optional<size_t> number(const std::string& digits);

/// Nothing where it is another type, or has no length.
std::optional<Limit> limit_of(const ast::TypeName& type);

/// Of any value's text; nothing where it may be as long as it wants.
std::optional<size_t> longest(const ast::TypeName& type);

}  // namespace pg2crdb::routines
