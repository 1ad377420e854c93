#include "ast/shown_name.h"

#include <string>
#include <utility>
#include <variant>

#include "support/ascii.h"

namespace pg2crdb::ast {
namespace {

/// PostgreSQL's FigureColnameInternal() of parse_target.c.
struct Figured {
  std::string name = {};
  bool is_strong = false;  ///< a cast around it does not give its own name
};

Figured figure(const Expr& expr);

Figured strong(std::string name) {
  return {std::move(name), true};
}

/// Of the first column that it gives. That of `*` is not known here.
Figured first_column(const Query& query) {
  if (query.left) return first_column(*query.left);
  if (!query.values.empty()) return strong("column1");
  if (query.targets.empty()) return {};
  const auto* star = std::get_if<ColumnRef>(&query.targets[0].expr->node);
  return star != nullptr && star->star ? Figured() : strong(shown_name(query.targets[0]));
}

Figured figure_cast(const Cast& cast) {
  Figured inner = figure(*cast.argument);
  return inner.is_strong || cast.type.name.name.empty() ? inner : Figured{cast.type.name.name, false};
}

Figured figure_indirection(const Indirection& indirection) {
  for (auto step = indirection.steps.rbegin(); step != indirection.steps.rend(); ++step) {
    if (step->kind == Step::Kind::field) return strong(step->field);
  }
  return figure(*indirection.argument);
}

Figured figure_subquery(const Subquery& subquery) {
  switch (subquery.kind) {
    case Subquery::Kind::exists:
      return strong("exists");
    case Subquery::Kind::array:
      return strong("array");
    case Subquery::Kind::scalar:
      return first_column(*subquery.query);
    case Subquery::Kind::any:
    case Subquery::Kind::all:
      return {};
  }
  return {};
}

Figured figure_case(const Case& choice) {
  Figured otherwise = choice.otherwise ? figure(*choice.otherwise) : Figured();
  return otherwise.is_strong ? otherwise : Figured{"case", false};
}

Figured figure(const Expr& expr) {
  if (const auto* reference = std::get_if<ColumnRef>(&expr.node))
    return reference->names.empty() ? Figured() : strong(reference->names.back());
  if (const auto* call = std::get_if<FunctionCall>(&expr.node)) return strong(call->name.name);
  if (const auto* cast = std::get_if<Cast>(&expr.node)) return figure_cast(*cast);
  if (const auto* collate = std::get_if<Collate>(&expr.node)) return figure(*collate->argument);
  if (const auto* indirection = std::get_if<Indirection>(&expr.node)) return figure_indirection(*indirection);
  if (const auto* subquery = std::get_if<Subquery>(&expr.node)) return figure_subquery(*subquery);
  if (const auto* choice = std::get_if<Case>(&expr.node)) return figure_case(*choice);
  if (const auto* value = std::get_if<ValueFunction>(&expr.node)) return strong(lower(value->keyword));
  if (const auto* most = std::get_if<MinMax>(&expr.node))
    return strong(most->greatest ? "greatest" : "least");
  if (const auto* operation = std::get_if<Operation>(&expr.node))
    return operation->kind == Operation::Kind::nullif ? strong("nullif") : Figured();
  if (std::holds_alternative<Coalesce>(expr.node)) return strong("coalesce");
  if (std::holds_alternative<ArrayExpr>(expr.node)) return strong("array");
  if (std::holds_alternative<RowExpr>(expr.node)) return strong("row");
  return {};
}

}  // namespace

std::string shown_name(const SelectItem& item) {
  if (!item.alias.empty()) return item.alias;
  const std::string name = figure(*item.expr).name;
  return name.empty() ? std::string(no_shown_name) : name;
}

std::string index_column_name(const Expr& expr) {
  const std::string name = figure(expr).name;
  return name.empty() ? "expr" : name;
}

}  // namespace pg2crdb::ast
