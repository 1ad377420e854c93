#include "passes/adapt_expressions/computed_fields.h"

#include <algorithm>
#include <utility>

namespace pg2crdb::adapt {
namespace {

const ast::Name* name_of(const ast::StatementNode& relation) {
  if (const auto* table = std::get_if<ast::CreateTable>(&relation)) return &table->name;
  const auto* view = std::get_if<ast::CreateView>(&relation);
  return view == nullptr ? nullptr : &view->name;
}

/// The one function of that name, which takes a row of the relation.
const ast::CreateFunction* function_of(const ast::Catalog& catalog, const ast::Name& called,
                                       const ast::Name& relation) {
  const std::vector<ast::Statement*> found = catalog.functions(called);
  const auto* function = found.size() == 1 ? std::get_if<ast::CreateFunction>(&found[0]->node) : nullptr;
  if (function == nullptr || function->parameters.size() != 1) return nullptr;
  const ast::Name& taken = function->parameters[0].type.name;
  const bool same_schema = taken.schema == relation.schema || taken.schema.empty() || relation.schema.empty();
  return taken.name == relation.name && same_schema ? function : nullptr;
}

/// The table whose row a variable holds, where it has no such column; null where it holds none.
const ast::Statement* table_of_variable(const ast::ColumnRef& field, bind::ExpressionTypes& types,
                                        const ast::Catalog& catalog) {
  ast::ColumnRef variable;
  variable.names = {field.names[0]};
  const ast::TypeName type = types.of({std::move(variable), -1});
  const bool is_row = !type.empty() && type.array_bounds.empty() && catalog.is_user_type(type.name);
  const ast::Statement* made = is_row ? catalog.table(type.name) : nullptr;
  const auto* table = made == nullptr ? nullptr : std::get_if<ast::CreateTable>(&made->node);
  const bool has_others =
      table == nullptr || !table->inherits.empty() || !table->likes.empty() || !table->of_type.empty() ||
      !table->partition_of.empty() ||
      std::ranges::find(table->columns, field.names[1], &ast::Column::name) != table->columns.end();
  return has_others ? nullptr : made;
}

}  // namespace

bool write_computed_field(ast::Expr& expr, bind::ExpressionTypes& types, const ast::Catalog& catalog) {
  const auto* field = std::get_if<ast::ColumnRef>(&expr.node);
  if (field == nullptr || field->star || field->names.size() != 2) return false;
  const ast::Statement* made = types.relation_without(field->names[0], field->names[1]);
  const bool is_variable = made == nullptr;
  if (is_variable) made = table_of_variable(*field, types, catalog);
  const ast::Name* relation = made == nullptr ? nullptr : name_of(made->node);
  if (relation == nullptr) return false;
  const ast::CreateFunction* function = function_of(catalog, {relation->schema, field->names[1]}, *relation);
  if (function == nullptr) function = function_of(catalog, {"public", field->names[1]}, *relation);
  if (function == nullptr) return false;
  ast::ColumnRef row;
  row.names = {field->names[0]};
  row.star = !is_variable;
  ast::FunctionCall call;
  call.name = function->name;
  call.arguments.push_back({std::move(row), -1});
  expr.node = std::move(call);
  return true;
}

}  // namespace pg2crdb::adapt
