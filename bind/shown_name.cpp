#include "bind/shown_name.h"

#include <string>
#include <variant>

namespace pg2crdb::bind {
namespace {

/// PostgreSQL's FigureColnameInternal(): empty where an expression gives no name.
std::string name_of(const ast::Expr& whole) {
  const ast::Expr* expr = &whole;
  std::string type;
  while (const auto* cast = std::get_if<ast::Cast>(&expr->node)) {
    if (type.empty()) type = cast->type.name.name;
    expr = &*cast->argument;
  }
  if (const auto* reference = std::get_if<ast::ColumnRef>(&expr->node);
      reference && !reference->names.empty())
    return reference->names.back();
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr->node)) return call->name.name;
  if (const auto* steps = std::get_if<ast::Indirection>(&expr->node)) {
    for (auto step = steps->steps.rbegin(); step != steps->steps.rend(); ++step) {
      if (step->kind == ast::Step::Kind::field) return step->field;
    }
  }
  if (!type.empty()) return type;
  if (std::holds_alternative<ast::Coalesce>(expr->node)) return "coalesce";
  if (std::holds_alternative<ast::Case>(expr->node)) return "case";
  if (std::holds_alternative<ast::ArrayExpr>(expr->node)) return "array";
  if (std::holds_alternative<ast::RowExpr>(expr->node)) return "row";
  if (const auto* most = std::get_if<ast::MinMax>(&expr->node)) return most->greatest ? "greatest" : "least";
  return {};
}

}  // namespace

std::string shown_name(const ast::SelectItem& item) {
  if (!item.alias.empty()) return item.alias;
  const std::string name = name_of(*item.expr);
  return name.empty() ? "?column?" : name;
}

std::string index_column_name(const ast::Expr& expr) {
  const std::string name = name_of(expr);
  return name.empty() ? "expr" : name;
}

}  // namespace pg2crdb::bind
