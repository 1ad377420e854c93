// What ORDER BY, VALUES and UNION ask for, what is stored, and what routines give.
#include <algorithm>

#include "passes/adapt_expressions/absent_forms.h"
#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/hstore.h"
#include "passes/adapt_expressions/one_type.h"
#include "passes/adapt_expressions/printed_types.h"
#include "passes/adapt_expressions/rules.h"
#include "passes/adapt_expressions/sorting.h"
#include "passes/adapt_expressions/text_operators.h"
#include "passes/adapt_expressions/types.h"

namespace pg2crdb::adapt {
namespace {

/// Where a statement shows its column; -1 where a star may show it.
int32_t place_of_column(const ast::StatementNode& statement, size_t column, size_t columns) {
  const std::vector<ast::SelectItem>* items = nullptr;
  std::visit(
      [&]<class Node>(const Node& node) {
        if constexpr (std::is_same_v<Node, ast::SelectStatement>) {
          const ast::Query* query = &*node.query;
          while (query->left) query = &*query->left;
          items = &query->targets;
        } else if constexpr (ast::changes_rows<Node>) {
          items = &node.returning.targets;
        }
      },
      statement);
  return items != nullptr && items->size() == columns ? (*items)[column].expr->offset : -1;
}

}  // namespace

void ExpressionAdapter::sorted(const bind::ExpressionTypes::Sorted& sorted, std::vector<Remark>& refusals) {
  const int32_t offset = sorted.item.expr->offset;
  if (sorts_otherwise_than_texts(sorted.type, context_.target, context_.catalog))
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
  literals_of_sides(query, left, right, refusals);
  if (!query.values.empty()) return tell(write_columns(query, types_), query.values[0][0].offset);
  const AlignedColumns aligned = write_sides(query, left, right);
  if (aligned.any_float)
    changed(float_decimal, "an exact number beside a float becomes double precision", -1);
  changed_any_ = changed_any_ || aligned.changed;
  if (aligned.refused) refusals.push_back({expression_refused, "has two types in one column of a UNION", -1});
}

void ExpressionAdapter::store(ast::Expr& value, const ast::TypeName& type, std::vector<Remark>& refusals) {
  if (hstore(value, type, refusals)) return;
  if (std::string form = absent_array(value, type, context_.target); !form.empty())
    refusals.push_back({expression_refused, std::move(form), value.offset});
  const std::vector<ast::Column>* columns =
      type.array_bounds.empty() ? fields_of(type, context_.catalog) : nullptr;
  if (auto* row = std::get_if<ast::RowExpr>(&value.node); row != nullptr && columns != nullptr) {
    for (size_t i = 0; i < std::min(row->elements.size(), columns->size()); ++i)
      store(row->elements[i], (*columns)[i].type, refusals);
    return;
  }
  literals(write_literal(value, type, context_.catalog), value.offset, refusals);
}

void ExpressionAdapter::write_row_value(ast::Expr& value, const ast::TypeName& type,
                                        std::vector<Remark>& refusals) {
  if (std::holds_alternative<ast::RowExpr>(value.node)) return store(value, type, refusals);
  if (hstore(value, type, refusals)) return;
  literals(store_literal(value, type, context_.catalog), value.offset, refusals);
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

/// A value of a composite type, or what a relation or a variable has in it as a whole.
bool ExpressionAdapter::is_row(const ast::Expr& expr) const {
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  if (reference != nullptr && reference->star) return !reference->names.empty();
  if (reference != nullptr && reference->names.size() == 1 && types_.row(reference->names[0])) return true;
  const ast::TypeName type = types_.of(expr);
  return !type.empty() && type.array_bounds.empty() &&
         (context_.catalog.composite_type(type.name) != nullptr ||
          context_.catalog.table(type.name) != nullptr);
}

namespace {

bool is_row_of_trigger(const ast::Expr& expr) {
  const auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  return reference != nullptr && reference->names.size() == 1 &&
         (reference->names[0] == "new" || reference->names[0] == "old");
}

/// What an expression compares.
std::vector<ast::Expr*> compared(ast::Expr& expr) {
  std::vector<ast::Expr*> sides;
  const auto add = [&](ast::Box<ast::Expr>& side) {
    if (!side) return;
    auto* list = std::get_if<ast::ExprList>(&side->node);
    if (list == nullptr) return sides.push_back(&*side);
    for (ast::Expr& one : list->items) sides.push_back(&one);
  };
  if (auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    add(operation->left);
    add(operation->right);
  } else if (auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
    add(subquery->test);
  } else if (auto* choice = std::get_if<ast::Case>(&expr.node); choice != nullptr && choice->argument) {
    add(choice->argument);
    for (ast::CaseWhen& when : choice->whens) add(when.condition);
  } else if (auto* most = std::get_if<ast::MinMax>(&expr.node)) {
    for (ast::Expr& one : most->arguments) sides.push_back(&one);
  }
  return sides;
}

/// The word or sign that compares; empty where it takes NULLs for equal in CockroachDB, too, or is no
/// comparison.
std::string comparison(const ast::Expr& expr) {
  using Kind = ast::Operation::Kind;
  if (const auto* subquery = std::get_if<ast::Subquery>(&expr.node)) {
    if (!subquery->test) return {};
    return subquery->op.empty() ? "IN" : subquery->op.back();
  }
  if (std::holds_alternative<ast::Case>(expr.node)) return "CASE";
  if (const auto* most = std::get_if<ast::MinMax>(&expr.node)) return most->greatest ? "GREATEST" : "LEAST";
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation == nullptr || !operation->left || !operation->right) return {};
  constexpr std::string_view signs[] = {"=", "<>", "!=", "<", ">", "<=", ">="};
  switch (operation->kind) {
    case Kind::op:
    case Kind::any:
    case Kind::all:
    case Kind::in:
      return !operation->op.empty() && contains(signs, operation->op.back()) ? operation->op.back()
                                                                             : std::string();
    case Kind::nullif:
      return "NULLIF";
    case Kind::between:
    case Kind::not_between:
    case Kind::between_symmetric:
    case Kind::not_between_symmetric:
      return "BETWEEN";
    default:
      return {};
  }
}

}  // namespace

/// pg_dump writes the row of `a` as `a.*`.
bool ExpressionAdapter::write_without_star(ast::Expr& expr) const {
  auto* reference = std::get_if<ast::ColumnRef>(&expr.node);
  if (reference == nullptr || !reference->star || reference->names.size() != 1 || is_row_of_trigger(expr) ||
      !types_.row(reference->names[0]))
    return false;
  reference->star = false;
  return true;
}

/// PostgreSQL compares two rows as values, NULL fields being equal and behind all others; only of
/// ROW(..) = ROW(..) does it compare field by field.
void ExpressionAdapter::compared_rows(ast::Expr& expr) {
  const std::string op = comparison(expr);
  auto* operation = std::get_if<ast::Operation>(&expr.node);
  const bool is_distinct = operation != nullptr && (operation->kind == ast::Operation::Kind::distinct ||
                                                    operation->kind == ast::Operation::Kind::not_distinct);
  if (op.empty() && !is_distinct) return;
  const std::vector<ast::Expr*> sides = compared(expr);
  for (ast::Expr* one : sides) changed_any_ = write_without_star(*one) || changed_any_;
  const auto may_be_row = [&](const ast::Expr* side) {
    return is_row(*side) || std::holds_alternative<ast::RowExpr>(side->node) ||
           string_literal(*side) != nullptr;
  };
  const bool is_of_array = operation != nullptr && (operation->kind == ast::Operation::Kind::any ||
                                                    operation->kind == ast::Operation::Kind::all);
  if (op.empty() || std::ranges::none_of(sides, [&](const ast::Expr* one) { return is_row(*one); }) ||
      (!is_of_array && !std::ranges::all_of(sides, may_be_row)))
    return;
  const bool is_equality = op == "=" || op == "<>" || op == "!=";
  if (operation != nullptr && operation->kind == ast::Operation::Kind::op && is_equality) {
    // trigger-whole-row and trigger-condition see to these.
    if (std::ranges::all_of(sides, [](const ast::Expr* one) { return is_row_of_trigger(*one); })) return;
    if (!types_.may_be_null(*operation->left) && !types_.may_be_null(*operation->right)) {
      operation->kind = op == "=" ? ast::Operation::Kind::not_distinct : ast::Operation::Kind::distinct;
      operation->op = {"="};
      changed_any_ = true;
      return;
    }
  }
  const bool sorts = op.starts_with('<') || op.starts_with('>');
  noted(row_equality,
        "compares rows with " + op + ", for which NULL fields are equal in PostgreSQL" +
            (sorts && !is_equality ? " and come behind all others" : ""),
        expr.offset);
}

/// Values of types that become texts, compared in another way than by one of the operators that are looked at
/// for themselves.
void ExpressionAdapter::compared_texts(ast::Expr& expr, std::vector<Remark>& refusals) const {
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  const bool is_distinct = operation != nullptr && (operation->kind == ast::Operation::Kind::distinct ||
                                                    operation->kind == ast::Operation::Kind::not_distinct);
  const std::string op = is_distinct ? "=" : comparison(expr);
  if (op.empty()) return;
  const bool sorts = op.starts_with('<')
                         ? op != "<>"
                         : op.starts_with('>') || op == "BETWEEN" || op == "GREATEST" || op == "LEAST";
  const auto differs = [&](const ast::TypeName& type) {
    return sorts ? sorts_otherwise_than_texts(type, context_.target, context_.catalog)
                 : equals_otherwise_than_texts(type, context_.catalog);
  };
  const auto is_other = [&](const ast::Expr* side) {
    const auto* row = std::get_if<ast::RowExpr>(&side->node);
    if (row == nullptr) return differs(types_.of(*side));
    return std::ranges::any_of(row->elements, [&](const ast::Expr& one) { return differs(types_.of(one)); });
  };
  if (std::ranges::any_of(compared(expr), is_other))
    refusals.push_back({missing_operator,
                        "uses `" + (op == "CASE" || op == "NULLIF" || op == "IN" ? "=" : op) +
                            "` on a type whose values become text",
                        expr.offset});
}

void ExpressionAdapter::give(ast::StatementNode& last, const std::vector<ast::Column>& columns,
                             Coercion coercion, std::vector<Remark>& refusals) {
  const GivenColumns given = write_given_columns(last, columns, types_, coercion);
  changed_any_ = changed_any_ || given.changed;
  const auto results = types_.results(last);
  for (size_t i = 0; results && i < std::min(results->size(), columns.size()); ++i) {
    const ast::TypeName& type = columns[i].type;
    const bool keeps_places = type_of(type) == Type::decimal && bind::ExpressionTypes::keeps_places(type);
    if (keeps_places && (*results)[i].is_quotient)
      note_stored_quotient(place_of_column(last, i, results->size()));
  }
  if (!given.refused.empty())
    refusals.push_back(
        {expression_refused,
         "gives `" + given.refused +
             "` with another type than it says, where PostgreSQL makes it the one that it says",
         -1});
}

}  // namespace pg2crdb::adapt
