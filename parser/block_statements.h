#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "ast/statement.h"

namespace pg2crdb {

/// A statement of a DO block.
struct BlockStatement {
  ast::StatementNode node = {};  ///< a DoBlock that holds nothing else where it is guarded
  size_t begin = 0;              ///< bytes of the body where the statement itself stands
  size_t end = 0;
};

/// What a DO block in PL/pgSQL does, where it does no more than statements of a script would: definitions one
/// behind the other, guarded ones among them, without variables and control flow. Nothing where it does
/// anything else.
std::optional<std::vector<BlockStatement>> statements_of_block(const std::string& body);

/// Definitions that a block makes in a case only: where a condition holds, or where what one creates is not
/// there. Places in them count from the beginning of the only one, or of the IF that holds several.
struct GuardedStatements {
  std::vector<ast::StatementNode> nodes = {};      ///< one where `passes_over` says something
  std::vector<ast::StatementNode> otherwise = {};  ///< of ELSE
  ast::Box<ast::Expr> condition = {};              ///< of IF
  std::vector<std::string> passes_over = {};       ///< of EXCEPTION WHEN: "duplicate_object"
};

/// Of a body that holds nothing else; nothing where it does.
std::optional<GuardedStatements> guarded_statements(const std::string& body);

}  // namespace pg2crdb
