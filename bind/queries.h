#pragma once
#include <variant>

#include "ast/statement.h"

namespace pg2crdb::bind {

/// Whether a query may stand in it: tables and indexes hold expressions without any.
inline bool may_hold_query(const ast::StatementNode& node) {
  return !std::holds_alternative<ast::CreateTable>(node) && !std::holds_alternative<ast::AlterTable>(node) &&
         !std::holds_alternative<ast::CreateIndex>(node);
}

}  // namespace pg2crdb::bind
