#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb {

/// A statement of a routine's body in SQL. Its bytes in the body go without its semicolon and what stands
/// before its first word.
struct WrittenStatement {
  ast::StatementNode node;
  size_t begin = 0;
  size_t end = 0;
};

/// All of them, in their order; offsets count bytes of the body. What the tree has no place for is `Opaque`.
/// Nothing where PostgreSQL's grammar refuses the body.
std::optional<std::vector<WrittenStatement>> parse_sql_body(const std::string& body);

}  // namespace pg2crdb
