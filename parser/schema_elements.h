#pragma once
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// CREATE SCHEMA that makes more than the schema: CREATE SCHEMA s CREATE TABLE t (..) GRANT SELECT ON t TO r.
struct SchemaElements {
  struct Piece {
    size_t begin = 0;  ///< bytes of the statement
    size_t end = 0;
  };
  Piece schema;
  std::vector<Piece> elements;
};

/// Nothing where the statement makes the schema alone.
std::optional<SchemaElements> schema_elements(std::string_view sql);

}  // namespace pg2crdb
