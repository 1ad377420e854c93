#pragma once
#include <string>
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// A table of the output, or one that a person is needed for.
struct TableReferences {
  std::string table;                   ///< qualified, as the output calls it
  ast::StatementId statement = 0;      ///< its CREATE TABLE
  std::vector<std::string> refers_to;  ///< by its foreign keys, each once, in their order; itself may be one
};

/// In the script's order.
std::vector<TableReferences> table_references(const ast::Script& script);

}  // namespace pg2crdb
