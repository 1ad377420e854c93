#include "bind/shown_name.h"

#include <string>
#include <utility>
#include <variant>

#include "support/ascii.h"

namespace pg2crdb::bind {
namespace {

/// PostgreSQL's FigureColnameInternal() of parse_target.c.
struct Figured {
  std::string name = {};
  bool is_strong = false;  ///< a cast around it does not give its own name
};

Figured figure(const ast::Expr& expr);

Figured strong(std::string name) {
  return {std::move(name), true};
}

/// Of the first column that it gives. That of `*` is not known here.
Figured first_column(const ast::Query& query) {
  if (query.left) return first_column(*query.left);
  if (!query.values.empty()) return strong("column1");
  if (query.targets.empty()) return {};
  const auto* star = std::get_if<ast::ColumnRef>(&query.targets[0].expr->node);
  return star != nullptr && star->star ? Figured() : strong(shown_name(query.targets[0]));
}

Figured figure_cast(const ast::Cast& cast) {
  Figured inner = figure(*cast.argument);
  return inner.is_strong || cast.type.name.name.empty() ? inner : Figured{cast.type.name.name, false};
}

Figured figure_indirection(const ast::Indirection& indirection) {
  for (auto step = indirection.steps.rbegin(); step != indirection.steps.rend(); ++step) {
    if (step->kind == ast::Step::Kind::field) return strong(step->field);
  }
  return figure(*indirection.argument);
}

Figured figure_subquery(const ast::Subquery& subquery) {
  switch (subquery.kind) {
    case ast::Subquery::Kind::exists:
      return strong("exists");
    case ast::Subquery::Kind::array:
      return strong("array");
    case ast::Subquery::Kind::scalar:
      return first_column(*subquery.query);
    case ast::Subquery::Kind::any:
    case ast::Subquery::Kind::all:
      return {};
  }
  return {};
}

Figured figure_case(const ast::Case& choice) {
  Figured otherwise = choice.otherwise ? figure(*choice.otherwise) : Figured();
  return otherwise.is_strong ? otherwise : Figured{"case", false};
}

Figured figure(const ast::Expr& expr) {
  if (const auto* reference = std::get_if<ast::ColumnRef>(&expr.node))
    return reference->names.empty() ? Figured() : strong(reference->names.back());
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) return strong(call->name.name);
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return figure_cast(*cast);
  if (const auto* collate = std::get_if<ast::Collate>(&expr.node)) return figure(*collate->argument);
  if (const auto* indirection = std::get_if<ast::Indirection>(&expr.node))
    return figure_indirection(*indirection);
  if (const auto* subquery = std::get_if<ast::Subquery>(&expr.node)) return figure_subquery(*subquery);
  if (const auto* choice = std::get_if<ast::Case>(&expr.node)) return figure_case(*choice);
  if (const auto* value = std::get_if<ast::ValueFunction>(&expr.node)) return strong(lower(value->keyword));
  if (const auto* most = std::get_if<ast::MinMax>(&expr.node))
    return strong(most->greatest ? "greatest" : "least");
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node))
    return operation->kind == ast::Operation::Kind::nullif ? strong("nullif") : Figured();
  if (std::holds_alternative<ast::Coalesce>(expr.node)) return strong("coalesce");
  if (std::holds_alternative<ast::ArrayExpr>(expr.node)) return strong("array");
  if (std::holds_alternative<ast::RowExpr>(expr.node)) return strong("row");
  return {};
}

}  // namespace

std::string shown_name(const ast::SelectItem& item) {
  if (!item.alias.empty()) return item.alias;
  const std::string name = figure(*item.expr).name;
  return name.empty() ? "?column?" : name;
}

std::string index_column_name(const ast::Expr& expr) {
  const std::string name = figure(expr).name;
  return name.empty() ? "expr" : name;
}

}  // namespace pg2crdb::bind
