#pragma once
#include <optional>
#include <string>
#include <vector>

#include "routines/query_columns.h"

namespace pg2crdb::routines {

/// What a statement that changes rows gives back.
struct ReturnedRows {
  ast::Name table;
  std::vector<Field> fields;
  std::vector<std::string> written;  ///< each as RETURNING may list it
  size_t returning = 0;              ///< where that word begins
  bool is_one_row = false;           ///< INSERT of one VALUES
};

/// Of INSERT, UPDATE and DELETE of a table whose columns are known, with a list of such columns.
std::optional<ReturnedRows> returned_rows(const Conversion& conversion, const std::string& sql);

/// Whether RETURNING of a statement in the body reads `old.c` or `new.c`, as PostgreSQL 18 lets it.
bool returns_old_or_new(const std::string& body);

}  // namespace pg2crdb::routines
