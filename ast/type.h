#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "ast/box.h"
#include "ast/name.h"

namespace pg2crdb::ast {

/// A type as written. Types that SQL spells with keywords carry the parser's own name: `integer` is
/// pg_catalog.int4, `character varying(3)` is pg_catalog.varchar with one modifier; `"char"` and user types
/// have no such schema.
struct TypeName {
  Name name;
  std::vector<std::string> modifiers;   ///< in order: "10", "2"; words as they stand: "Point", "4326"
  Sparse<std::string> interval_fields;  ///< "YEAR TO MONTH" and kin, upper case; empty for most
  std::vector<int64_t> array_bounds;    ///< one entry a pair of brackets, -1 where it is empty
  bool set_of = false;
  bool percent_type = false;  ///< t.c%TYPE
  int32_t offset = -1;        ///< bytes from the statement's beginning

  bool empty() const { return name.empty(); }
};

}  // namespace pg2crdb::ast
