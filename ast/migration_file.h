#pragma once
#include <cstdint>
#include <string>

namespace pg2crdb::ast {

/// What the tool of a migration reads in a file besides statements: comment lines, with their line ends.
/// Output in the script's order has them again.
struct MigrationFile {
  uint32_t file = 0;                 ///< as spans count them
  std::string way_up = {};           ///< in front of the statements
  std::string way_down = {};         ///< in front of the way down; empty: the file has none
  std::string statement_begin = {};  ///< around what holds semicolons of its own; empty: the tool needs none
  std::string statement_end = {};
};

}  // namespace pg2crdb::ast
