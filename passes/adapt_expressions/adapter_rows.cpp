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

/// A value of a composite type, or what a relation or a variable has in it as a whole. NEW and OLD, which
/// trigger-whole-row sees to, are none.
bool ExpressionAdapter::is_row(const ast::Expr& expr) const {
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  if (reference != nullptr && reference->names.size() == 1 && !reference->star) {
    const std::string& name = reference->names[0];
    if (name == "new" || name == "old") return false;
    if (types_.row(name)) return true;
  }
  const ast::TypeName type = types_.of(expr);
  return !type.empty() && type.array_bounds.empty() &&
         (context_.catalog.composite_type(type.name) != nullptr ||
          context_.catalog.table(type.name) != nullptr);
}

/// PostgreSQL compares two rows as values, NULL fields being equal; only of ROW(..) = ROW(..) does it compare
/// field by field.
void ExpressionAdapter::equality_of_rows(ast::Operation& operation, int32_t offset) {
  using Kind = ast::Operation::Kind;
  const std::string op = operation.op.empty() ? std::string() : operation.op.back();
  const bool is_equality = op == "=" || op == "<>" || op == "!=";
  if (!is_equality || (operation.kind != Kind::op && operation.kind != Kind::in) || !operation.left ||
      !operation.right)
    return;
  const auto may_be_row = [&](const ast::Expr& side) {
    return is_row(side) || std::holds_alternative<ast::RowExpr>(side.node) ||
           std::holds_alternative<ast::ExprList>(side.node) || string_literal(side) != nullptr;
  };
  const ast::Expr& left = *operation.left;
  const ast::Expr& right = *operation.right;
  if ((!is_row(left) && !is_row(right)) || !may_be_row(left) || !may_be_row(right)) return;
  if (operation.kind == Kind::op && !types_.may_be_null(left) && !types_.may_be_null(right)) {
    operation.kind = op == "=" ? Kind::not_distinct : Kind::distinct;
    operation.op = {"="};
    changed_any_ = true;
    return;
  }
  noted(row_equality, "compares rows with " + op + ", for which NULL fields are equal in PostgreSQL", offset);
}

}  // namespace pg2crdb::adapt
