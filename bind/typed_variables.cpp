// Rows that a body in PL/pgSQL has from its routine: parameters, NEW and OLD.
#include <algorithm>
#include <utility>

#include "bind/expression_types.h"

namespace pg2crdb::bind {
namespace {

/// The same type, but for the size of an integer.
bool is_same_kind(const ast::TypeName& a, const ast::TypeName& b) {
  constexpr std::string_view integers[] = {"int2", "int4", "int8", "smallint", "integer", "bigint"};
  const auto is_integer = [&](const ast::TypeName& type) {
    return std::ranges::find(integers, type.name.name) != std::end(integers);
  };
  return a.array_bounds == b.array_bounds && (a.name.name == b.name.name || (is_integer(a) && is_integer(b)));
}

}  // namespace

/// Parameters that hold a row.
std::vector<ExpressionTypes::Item> ExpressionTypes::parameter_rows() {
  std::vector<Item> rows;
  const auto* function = std::get_if<ast::CreateFunction>(&script_.statements[at_].node);
  if (function == nullptr) return rows;
  for (const ast::FunctionParameter& one : function->parameters) {
    const bool may_be_row = one.type.array_bounds.empty() && !one.type.percent_type && !one.name.empty() &&
                            catalog_.is_user_type(one.type.name);
    if (!may_be_row) continue;
    Item row = row_of(one.type.name, one.name);
    if (row.made != ast::no_statement || !row.columns.list.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

/// NEW and OLD in the function that `enter` was called with.
std::vector<ExpressionTypes::Item> ExpressionTypes::trigger_rows() {
  const auto* function = std::get_if<ast::CreateFunction>(&script_.statements[at_].node);
  if (function == nullptr || function->returns->name.name != "trigger") return {};
  std::optional<Columns> columns;
  std::vector<Column> of_some;
  std::string first;
  Item row;
  const auto found = triggers_.find(function->name.name);
  for (const ast::StatementId id :
       found == triggers_.end() ? std::vector<ast::StatementId>() : found->second) {
    const auto* trigger = std::get_if<ast::CreateTrigger>(&script_.statements[id].node);
    if (trigger == nullptr || to_string(trigger->table) == first) continue;
    row = item_of(trigger->table, {});
    const Columns& others = columns_of(row);
    of_some.insert(of_some.end(), others.list.begin(), others.list.end());
    if (!columns) {
      columns = others;
      first = to_string(trigger->table);
      continue;
    }
    // Of several tables, what all of them have.
    columns->complete = false;
    std::erase_if(columns->list, [&](const Column& one) {
      return std::ranges::none_of(others.list, [&](const Column& other) {
        return other.name == one.name && is_same_kind(other.type, one.type);
      });
    });
  }
  const bool has_several = columns && of_some.size() > columns->list.size();
  row = {{}, columns.value_or(Columns{{}, false})};
  row.is_row = true;
  if (has_several) row.of_some = std::move(of_some);
  std::vector<Item> rows(2, row);
  rows[0].alias = "new";
  rows[1].alias = "old";
  return rows;
}

}  // namespace pg2crdb::bind
