// What ORDER BY, VALUES and UNION ask for, and what is stored.
#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/hstore.h"
#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/rules.h"
#include "passes/adapt_expressions/sorting.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {

void ExpressionAdapter::sorted(const bind::ExpressionTypes::Sorted& sorted, std::vector<Remark>& refusals) {
  const int32_t offset = sorted.item.expr->offset;
  if (type_of(sorted.type) == Type::becomes_text)
    refusals.push_back({missing_operator, "sorts by a value whose type becomes text", offset});
  // #68211, #68295, #145448: in no release, where propagate_input_ordering is off, as it is.
  if (sorted.of_common_table)
    noted(common_table_order, "ORDER BY of a common table does not order what reads it", offset);
  switch (write_nulls_order(sorted, context_.target)) {
    case NullsOrdered::as_before:
      return;
    case NullsOrdered::written:
      return changed(nulls_order, "ORDER BY says where NULLs come", offset);
    case NullsOrdered::left_out:
      changed_any_ = true;
      return;
    case NullsOrdered::lost_in_distinct:
      return noted(nulls_order_lost, "ORDER BY of a SELECT DISTINCT has NULLs first, and last with DESC",
                   offset);
    case NullsOrdered::lost_in_range:
      return noted(nulls_order_lost,
                   "ORDER BY of a window with RANGE and an offset has NULLs first, and last with DESC",
                   offset);
    case NullsOrdered::lost_in_subquery:
      return noted(nulls_order_lost, "ORDER BY of a subquery has NULLs first, and last with DESC", offset);
    case NullsOrdered::refused:
      refusals.push_back(
          {expression_refused, "sorts NULLs where CockroachDB has only its own order", offset});
  }
}

/// Rows of several queries, or of several lists.
void ExpressionAdapter::aligned(ast::Query& query, const Results& left, const Results& right,
                                std::vector<Remark>& refusals) {
  if (!query.values.empty()) return tell(write_columns(query, types_), query.values[0][0].offset);
  const AlignedColumns aligned = write_sides(query, left, right);
  if (aligned.any_float)
    changed(float_decimal, "an exact number beside a float becomes double precision", -1);
  changed_any_ = changed_any_ || aligned.changed;
  if (aligned.refused) refusals.push_back({expression_refused, "has two types in one column of a UNION", -1});
}

void ExpressionAdapter::store(ast::Expr& value, const ast::TypeName& type, std::vector<Remark>& refusals) {
  if (hstore(value, type, refusals)) return;
  literals(write_literal(value, type), value, refusals);
}

void ExpressionAdapter::write_row_value(ast::Expr& value, const ast::TypeName& type,
                                        std::vector<Remark>& refusals) {
  if (hstore(value, type, refusals)) return;
  literals(store_literal(value, type), value, refusals);
}

/// Whether it is a constant, an operator or the text of an hstore, where its columns become jsonb.
bool ExpressionAdapter::hstore(ast::Expr& value, const ast::TypeName& type, std::vector<Remark>& refusals) {
  if (context_.options.hstore != HstoreColumns::jsonb) return false;
  if (writes_hstore_as_text(value, types_, context_.catalog)) {
    refusals.push_back(
        {expression_refused, "writes an hstore as text, for which jsonb has other words", value.offset});
    return true;
  }
  auto* operation = std::get_if<ast::Operation>(&value.node);
  const HstoreUse use = operation == nullptr ? write_hstore_constant(value, type)
                                             : write_hstore_operator(*operation, types_, context_.catalog);
  changed_any_ = changed_any_ || use == HstoreUse::rewritten;
  if (use == HstoreUse::missing && operation != nullptr)
    refusals.push_back({missing_operator,
                        "uses `" + operation->op.back() + "` of hstore, for which jsonb has none",
                        value.offset});
  else if (use == HstoreUse::missing)
    refusals.push_back({expression_refused, "makes an hstore of a text, which is no JSON", value.offset});
  return use != HstoreUse::none;
}

}  // namespace pg2crdb::adapt
