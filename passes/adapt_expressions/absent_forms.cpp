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

}  // namespace

std::string absent_array(const ast::Expr& value, const ast::TypeName& type, const Target& target) {
  const auto* literal = std::get_if<ast::Literal>(&value.node);
  if (target.has(Capability::nested_arrays) || type.array_bounds.empty() || literal == nullptr ||
      literal->kind != ast::Literal::Kind::string)
    return {};
  const std::string_view text = literal->text;
  const auto at = [&](size_t from) {
    const size_t place = text.find_first_not_of(" \t\r\n", from);
    return place == std::string_view::npos ? text.size() : place;
  };
  const size_t first = at(0);
  if (text.substr(first).starts_with('[')) return "reads an array from a text that says where it begins";
  const bool is_nested = text.substr(first).starts_with('{') && text.substr(at(first + 1)).starts_with('{');
  return is_nested ? "reads an array of more than one dimension from a text" : "";
}

std::string absent_form(const ast::Expr& expr, Place place, const Target& target,
                        bind::ExpressionTypes& types) {
  if (reads_row_place(expr, place, types))
    return "reads the system column `" + std::get<ast::ColumnRef>(expr.node).names.back() + "`";
  const auto* cast = std::get_if<ast::Cast>(&expr.node);
  return cast == nullptr ? std::string() : absent_array(*cast->argument, cast->type, target);
}

bool makes_nested_array(const ast::Expr& expr) {
  const auto* array = std::get_if<ast::ArrayExpr>(&expr.node);
  return array != nullptr && std::ranges::any_of(array->elements, [](const ast::Expr& element) {
           return std::holds_alternative<ast::ArrayExpr>(element.node);
         });
}

}  // namespace pg2crdb::adapt
