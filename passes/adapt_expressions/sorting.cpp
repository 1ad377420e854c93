#include "passes/adapt_expressions/sorting.h"

#include <algorithm>

#include "ast/equal.h"
#include "ast/walk.h"

namespace pg2crdb::adapt {
namespace {

bool has_subquery(ast::Expr& expr) {
  bool found = false;
  ast::Visitor look;
  look.expr = [&](ast::Expr& one) { found = found || std::holds_alternative<ast::Subquery>(one.node); };
  ast::walk(expr, look);
  return found;
}

/// CockroachDB compares what DISTINCT ON has with what ORDER BY begins with, and is wrong about expressions.
bool is_compared(const ast::Query& query, const ast::Expr& expr) {
  return !std::holds_alternative<ast::ColumnRef>(expr.node) &&
         std::any_of(query.distinct_on.begin(), query.distinct_on.end(),
                     [&](const ast::Expr& one) { return ast::equal(one, expr); });
}

/// PostgreSQL's FRAMEOPTION_RANGE.
constexpr int64_t frame_of_values = 0x2;

/// `as_before`: it is not.
NullsOrdered lost_in(const bind::ExpressionTypes::Sorted& sorted, const Target& target) {
  if (const ast::Query* query = sorted.query) {
    const bool is_distinct = query->distinct && query->distinct_on.empty();
    if ((is_distinct && !target.has(Capability::nulls_order_distinct)) ||
        is_compared(*query, *sorted.item.expr))
      return NullsOrdered::lost_in_distinct;
  }
  if (const ast::Window* window = sorted.window;
      window != nullptr && (window->start_offset || window->end_offset)) {
    if ((window->frame_options & frame_of_values) != 0 && !target.has(Capability::nulls_order_range))
      return NullsOrdered::lost_in_range;
  }
  if (!target.has(Capability::nulls_order_subquery) &&
      (has_subquery(*sorted.item.expr) || (sorted.shown != nullptr && has_subquery(*sorted.shown))))
    return NullsOrdered::lost_in_subquery;
  return NullsOrdered::as_before;
}

}  // namespace

NullsOrdered write_nulls_order(const bind::ExpressionTypes::Sorted& sorted, const Target& target) {
  ast::SortItem& item = sorted.item;
  if (!item.using_operator.empty() || target.has(Capability::nulls_sort_last)) return NullsOrdered::as_before;
  const bool descends = item.order == ast::SortOrder::descending;
  const ast::NullsOrder of_postgresql = descends ? ast::NullsOrder::first : ast::NullsOrder::last;
  const bool is_said = item.nulls == of_postgresql;
  const bool is_other = item.nulls != ast::NullsOrder::unspecified && !is_said;
  if (is_other || (!is_said && !sorted.may_be_null)) return NullsOrdered::as_before;
  const NullsOrdered lost = lost_in(sorted, target);
  if (lost == NullsOrdered::as_before) {
    if (is_said) return NullsOrdered::as_before;
    item.nulls = of_postgresql;
    return NullsOrdered::written;
  }
  if (!is_said) return lost;
  if (sorted.may_be_null) return NullsOrdered::refused;
  item.nulls = ast::NullsOrder::unspecified;
  return NullsOrdered::left_out;
}

}  // namespace pg2crdb::adapt
