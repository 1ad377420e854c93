#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "parser/vendor_clauses.h"

namespace pg2crdb {

/// A whole statement that a product made of PostgreSQL has, and PostgreSQL has not.
struct VendorStatement {
  std::string_view product;
  VendorClause::Meaning meaning = VendorClause::Meaning::storage;
  std::string kind;  ///< its first words, as those of an Opaque statement
};

/// Nothing where none is known. For statements that PostgreSQL's grammar refuses.
std::optional<VendorStatement> vendor_statement(std::string_view sql);

}  // namespace pg2crdb
