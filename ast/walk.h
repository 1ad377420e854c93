#pragma once
#include <functional>

#include "ast/plpgsql.h"
#include "ast/statement.h"

namespace pg2crdb::ast {

/// What to call on the way through a tree; empty members are left out. Children come before their parent, so
/// that a callback may replace the node it is given.
struct Visitor {
  std::function<void(Expr&)> expr;
  std::function<void(TypeName&)> type;
  std::function<void(TableRef&)> table_ref;
  std::function<void(Query&)> query;
  std::function<void(Constraint&)> constraint;
  std::function<void(Role&)> role;
};

void walk(StatementNode& node, const Visitor& visitor);
void walk(Expr& expr, const Visitor& visitor);
void walk(Query& query, const Visitor& visitor);
/// All SQL in a body, and the types of its variables.
void walk(plpgsql::Body& body, const Visitor& visitor);

}  // namespace pg2crdb::ast
