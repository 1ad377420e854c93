#include "bind/tree_edit.h"

#include "ast/field_values.h"
#include "ast/walk.h"

namespace pg2crdb::bind {
namespace {

struct Editor {
  const TreeEdit& edit;

  template <class T>
  void operator()(T& node) const {
    if constexpr (std::is_same_v<T, ast::Name>) call(edit.name, node);
    if constexpr (std::is_same_v<T, ast::ColumnRef>) call(edit.column, node);
    if constexpr (std::is_same_v<T, ast::SelectItem>) call(edit.target, node);
    if constexpr (std::is_same_v<T, ast::FromItem>) call(edit.from, node);
    if constexpr (std::is_same_v<T, ast::CommonTable>) call(edit.common_table, node);
    if constexpr (std::is_same_v<T, ast::FunctionCall>) call(edit.call, node);
    if constexpr (std::is_same_v<T, ast::Cast>) call(edit.cast, node);
    if constexpr (std::is_same_v<T, ast::Role>) call(edit.role, node);
    ast::for_each_child(node, *this);
  }

 private:
  template <class T>
  static void call(const std::function<void(T&)>& callback, T& node) {
    if (callback) callback(node);
  }
};

}  // namespace

void edit(ast::StatementNode& node, const TreeEdit& edit) {
  Editor{edit}(node);
}
void edit(ast::Expr& expr, const TreeEdit& edit) {
  Editor{edit}(expr);
}
void edit(ast::Query& query, const TreeEdit& edit) {
  Editor{edit}(query);
}
void edit(ast::Column& column, const TreeEdit& edit) {
  Editor{edit}(column);
}
void edit(ast::Constraint& constraint, const TreeEdit& edit) {
  Editor{edit}(constraint);
}
void edit(ast::AlterCommand& command, const TreeEdit& edit) {
  Editor{edit}(command);
}
void edit(ast::IndexElement& element, const TreeEdit& edit) {
  Editor{edit}(element);
}

void forget_offsets(ast::Box<ast::Expr>& expr) {
  if (!expr) return;
  ast::Visitor visitor;
  visitor.expr = [](ast::Expr& inner) { inner.offset = -1; };
  visitor.type = [](ast::TypeName& type) { type.offset = -1; };
  walk(*expr, visitor);
}

void forget_offsets(ast::Column& column) {
  column.offset = -1;
  column.type.offset = -1;
  forget_offsets(column.default_value);
  if (column.generated) forget_offsets(column.generated->expr);
}

ast::ObjectId own_table(const ast::StatementNode& statement) {
  if (const auto* create = std::get_if<ast::CreateTable>(&statement)) return create->name.object;
  if (const auto* alter = std::get_if<ast::AlterTable>(&statement)) return alter->name.object;
  if (const auto* index = std::get_if<ast::CreateIndex>(&statement)) return index->table.object;
  return ast::no_object;
}

}  // namespace pg2crdb::bind
