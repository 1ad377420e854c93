#include "passes/adapt_expressions/inserted_rows.h"

#include <algorithm>

#include "ast/serial.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

/// Whether CockroachDB has both in one column of VALUES.
bool is_alike(const ast::TypeName& left, const ast::TypeName& right) {
  const Type one = type_of(left), other = type_of(right);
  return one == other && (one != Type::other || same_type(left, right));
}

bool is_default(const ast::Expr& value) {
  return std::holds_alternative<ast::DefaultValue>(value.node);
}

/// A bare string, or NULL, is of the type of what stands above and below it.
bool has_no_type(const ast::Expr& value) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr &&
         (literal->kind == ast::Literal::Kind::string || literal->kind == ast::Literal::Kind::null);
}

bool is_string(const ast::Expr& value) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  return literal != nullptr && literal->kind == ast::Literal::Kind::string;
}

/// Without what would cut a value that is too long, which is an error when it is stored.
ast::TypeName stored_as(const ast::TypeName& column) {
  const std::string_view integer = ast::integer_of_serial(column);
  ast::TypeName type = integer.empty() ? column : bind::own_type(integer);
  if (built_in(type.name) && type.name.name == "bpchar" && !type.modifiers.empty()) type.name.name = "text";
  type.modifiers.clear();
  type.offset = -1;
  return type;
}

}  // namespace

bool write_inserted(std::vector<std::vector<ast::Expr>>& rows, const std::vector<ast::TypeName>& columns,
                    bind::ExpressionTypes& types) {
  bool changed = false;
  for (size_t i = 0; i < columns.size() && rows.size() > 1; ++i) {
    if (columns[i].empty() || columns[i].percent_type) continue;
    const ast::TypeName to = stored_as(columns[i]);
    std::vector<ast::Expr*> typed;
    bool any_string = false;
    for (std::vector<ast::Expr>& row : rows) {
      if (i >= row.size() || is_default(row[i])) continue;
      any_string = any_string || is_string(row[i]);
      if (!has_no_type(row[i])) typed.push_back(&row[i]);
    }
    const auto differs_from = [&](const ast::TypeName& type) {
      return [&types, type](const ast::Expr* value) {
        const ast::TypeName its = types.of(*value);
        return !its.empty() && !is_alike(its, type);
      };
    };
    // Numbers that are written take the type of the column.
    const bool are_written = !any_string && std::ranges::all_of(typed, [](const ast::Expr* value) {
      return std::holds_alternative<ast::Literal>(value->node);
    });
    if (typed.empty() || are_written) continue;
    const bool is_mixed = std::ranges::any_of(typed, differs_from(types.of(*typed[0]))) ||
                          (any_string && std::ranges::any_of(typed, differs_from(to)));
    if (!is_mixed) continue;
    for (ast::Expr* value : typed) {
      const ast::TypeName its = types.of(*value);
      if (!its.empty() && is_alike(its, to)) continue;
      *value = {ast::Cast{ast::Box<ast::Expr>(*value), to}, value->offset};
      changed = true;
    }
  }
  return changed;
}

}  // namespace pg2crdb::adapt
