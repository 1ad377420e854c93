#include "passes/adapt_expressions/absent_forms.h"

#include <algorithm>
#include <string_view>

#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

/// Of a table of PostgreSQL: where a row lies, and which transactions made and removed it. In a body in
/// PL/pgSQL `r.xmin` may be a field of any row. No release has them (42703, transcript 10); tableoid is
/// there.
bool reads_row_place(const ast::Expr& expr, Place place, bind::ExpressionTypes& types) {
  constexpr std::string_view names[] = {"cmax", "cmin", "ctid", "xmax", "xmin"};
  const auto* column = std::get_if<ast::ColumnRef>(&expr.node);
  if (column == nullptr || column->star || column->names.empty() || column->object != ast::no_object)
    return false;
  const std::string& name = column->names.back();
  const bool may_be_field = place == Place::plpgsql_body && column->names.size() > 1 && name != "ctid";
  return contains(names, name) && !may_be_field && types.of(expr).empty();
}

/// `'{{1,2},{3,4}}'::int[]`.
bool reads_nested_array(const ast::Expr& expr) {
  const auto* cast = std::get_if<ast::Cast>(&expr.node);
  if (cast == nullptr || cast->type.array_bounds.empty()) return false;
  const auto* literal = std::get_if<ast::Literal>(&cast->argument->node);
  if (literal == nullptr || literal->kind != ast::Literal::Kind::string) return false;
  const std::string_view text = literal->text;
  const auto next = [&](size_t from) { return text.find_first_not_of(" \t\r\n", from); };
  const size_t first = next(0);
  if (first == std::string_view::npos || text[first] != '{') return false;
  const size_t second = next(first + 1);
  return second != std::string_view::npos && text[second] == '{';
}

}  // namespace

std::string absent_form(const ast::Expr& expr, Place place, const Target& target,
                        bind::ExpressionTypes& types) {
  if (reads_row_place(expr, place, types))
    return "reads the system column `" + std::get<ast::ColumnRef>(expr.node).names.back() + "`";
  if (!target.has(Capability::nested_arrays) && reads_nested_array(expr))
    return "reads an array of more than one dimension from a text";
  return {};
}

bool makes_nested_array(const ast::Expr& expr) {
  const auto* array = std::get_if<ast::ArrayExpr>(&expr.node);
  return array != nullptr && std::ranges::any_of(array->elements, [](const ast::Expr& element) {
           return std::holds_alternative<ast::ArrayExpr>(element.node);
         });
}

}  // namespace pg2crdb::adapt
