// Constants of types that become texts, where queries and bodies say what they are of.
#include <algorithm>

#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/lists.h"
#include "passes/adapt_expressions/printed_types.h"
#include "passes/adapt_expressions/rules.h"
#include "passes/adapt_expressions/text_operators.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

/// PL/pgSQL makes each value one of what it is assigned to, by way of its text.
void ExpressionAdapter::assigned_text(ast::Expr& value, const ast::TypeName& to,
                                      std::vector<Remark>& refusals) {
  if (printed_as(to, context_.catalog).empty()) return;
  if (auto* row = std::get_if<ast::RowExpr>(&value.node)) {
    const std::vector<ast::Column>* fields =
        to.array_bounds.empty() ? fields_of(to, context_.catalog) : nullptr;
    for (size_t i = 0; fields != nullptr && i < std::min(fields->size(), row->elements.size()); ++i)
      assigned_text(row->elements[i], (*fields)[i].type, refusals);
    return;
  }
  if (const std::vector<ast::Expr*> values = choices(value); !values.empty()) {
    const bool any_of_it =
        std::ranges::any_of(values, [&](const ast::Expr* one) { return same_type(types_.of(*one), to); });
    for (ast::Expr* one : values) {
      if (std::holds_alternative<ast::Literal>(one->node)) {
        store(*one, to, refusals);
      } else if (!any_of_it) {
        assigned_text(*one, to, refusals);
      }
    }
    return;
  }
  const ast::TypeName type = types_.of(value);
  const bool is_unknown = type.empty() && (std::holds_alternative<ast::FunctionCall>(value.node) ||
                                           std::holds_alternative<ast::Operation>(value.node));
  if (is_unknown ? may_convert_text(value, to, context_.target)
                 : !type.empty() && !same_type(type, to) &&
                       converts_texts_otherwise(type, to, context_.target, context_.catalog))
    refuse_conversion(value, to, refusals);
}

void ExpressionAdapter::refuse_conversion(const ast::Expr& value, const ast::TypeName& to,
                                          std::vector<Remark>& refusals) {
  const std::string what = to.name.name == "cidr" ? "becomes inet" : "becomes text";
  refusals.push_back({expression_refused,
                      "makes a `" + to.name.name + "`, which " + what + ", of what may be written otherwise",
                      value.offset});
}

/// `coalesce(m8, m)` of a macaddr8 and a macaddr.
void ExpressionAdapter::mixed_types(const std::vector<Group>& groups, std::vector<Remark>& refusals) {
  for (const Group& group : groups) {
    ast::TypeName type;
    for (const ast::Expr* one : group) {
      const ast::TypeName of = types_.of(*one);
      if (type.empty()) type = of;
      if (!becomes_another(of, type, context_.target) && !becomes_another(type, of, context_.target))
        continue;
      // A network beside an address is one.
      if (of.name.name != "cidr" && of.name.name != "inet") refuse_conversion(*one, type, refusals);
    }
  }
}

/// `'x' IN (SELECT m ..)`, `(1, 'x') = ANY (SELECT ..)`.
void ExpressionAdapter::tested_literal(ast::Subquery& subquery, int32_t offset,
                                       std::vector<Remark>& refusals) {
  for (const Tested& one : tested_values(subquery, types_)) {
    if (string_literal(*one.value) != nullptr && !printed_as(one.column, context_.catalog).empty())
      literals(write_literal(*one.value, one.column, context_.catalog), offset, refusals);
  }
}

namespace {

/// What a side of a set operation shows in a column: none of one that is a set operation itself, which has
/// types of its own.
std::vector<ast::Expr*> shown_in(ast::Query& side, size_t column, size_t columns) {
  std::vector<ast::Expr*> shown;
  if (side.set_operation != ast::Query::SetOperation::none) return shown;
  for (std::vector<ast::Expr>& row : side.values) {
    if (column < row.size()) shown.push_back(&row[column]);
  }
  if (side.values.empty() && side.targets.size() == columns) shown.push_back(&*side.targets[column].expr);
  return shown;
}

}  // namespace

void ExpressionAdapter::literals_of_sides(ast::Query& query, const Results& left, const Results& right,
                                          std::vector<Remark>& refusals) {
  if (!query.values.empty()) {
    for (size_t i = 0; i < query.values.front().size(); ++i)
      literals(write_group(shown_in(query, i, 0), types_, context_.catalog), query.values.front()[i].offset,
               refusals);
    return;
  }
  if (!query.left || !query.right || left.size() != right.size()) return;
  for (size_t i = 0; i < left.size(); ++i) {
    for (const auto& [side, other] :
         {std::pair(&*query.left, &right[i]), std::pair(&*query.right, &left[i])}) {
      if (printed_as(other->type, context_.catalog).empty()) continue;
      for (ast::Expr* one : shown_in(*side, i, left.size())) {
        literals(write_literal(*one, other->type, context_.catalog), one->offset, refusals);
        const ast::TypeName of = types_.of(*one);
        if (of.name.name != "inet" && becomes_another(of, other->type, context_.target))
          refuse_conversion(*one, other->type, refusals);
      }
    }
  }
}

}  // namespace pg2crdb::adapt
