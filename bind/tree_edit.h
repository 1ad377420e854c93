#pragma once
#include <functional>

#include "ast/statement.h"

namespace pg2crdb::bind {

/// What to call on the way through a tree, parents before children; empty members are left out.
struct TreeEdit {
  std::function<void(ast::Name&)> name;
  std::function<void(ast::ColumnRef&)> column;
  std::function<void(ast::SelectItem&)> target;
  std::function<void(ast::FromItem&)> from;
  std::function<void(ast::CommonTable&)> common_table;
  std::function<void(ast::FunctionCall&)> call;
  std::function<void(ast::Cast&)> cast;
  std::function<void(ast::Role&)> role;
};

void edit(ast::StatementNode& node, const TreeEdit& edit);
void edit(ast::Expr& expr, const TreeEdit& edit);
void edit(ast::Query& query, const TreeEdit& edit);
void edit(ast::Column& column, const TreeEdit& edit);
void edit(ast::Constraint& constraint, const TreeEdit& edit);
void edit(ast::AlterCommand& command, const TreeEdit& edit);
void edit(ast::IndexElement& element, const TreeEdit& edit);

/// What goes into another statement, where its places mean nothing: a column with its type, default and what
/// generates it, not its constraints.
void forget_offsets(ast::Box<ast::Expr>& expr);
void forget_offsets(ast::Column& column);

/// The table whose columns a statement lists, as it makes, alters or indexes it; none of other statements.
ast::ObjectId own_table(const ast::StatementNode& statement);

/// Whether the tree names the object: a relation, type, routine by its name, a column where it is read.
template <class Node>
bool names(const Node& node, ast::ObjectId object) {
  bool found = false;
  TreeEdit look;
  look.name = [&](ast::Name& name) { found = found || name.object == object; };
  look.column = [&](ast::ColumnRef& column) { found = found || column.object == object; };
  edit(const_cast<Node&>(node), look);
  return found;
}

}  // namespace pg2crdb::bind
