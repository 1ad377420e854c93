// Which expressions have a value in every row.
#include <algorithm>
#include <string_view>

#include "bind/expression_types.h"

namespace pg2crdb::bind {
namespace {

template <class Names>
bool is_any(const Names& names, std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

/// Functions that never give NULL.
constexpr std::string_view filled[] = {
    "clock_timestamp", "concat", "count",      "dense_rank", "gen_random_uuid",    "now",
    "ntile",           "rank",   "row_number", "random",     "statement_timestamp"};
/// Those that give NULL where an argument is.
constexpr std::string_view strict[] = {"abs",     "btrim",  "ceil",  "char_length", "date_trunc", "floor",
                                       "left",    "length", "lower", "lpad",        "md5",        "replace",
                                       "right",   "round",  "rpad",  "split_part",  "substr",     "timezone",
                                       "to_char", "trunc",  "upper"};

}  // namespace

bool ExpressionTypes::may_be_null(const std::vector<const ast::Expr*>& any) {
  return std::any_of(any.begin(), any.end(), [this](const ast::Expr* one) { return may_be_null(*one); });
}

bool ExpressionTypes::may_be_null(const ast::Expr& expr) {
  const auto any = [this](const std::vector<ast::Expr>& list) {
    return std::any_of(list.begin(), list.end(), [this](const ast::Expr& one) { return may_be_null(one); });
  };
  const auto all = [this](const std::vector<ast::Expr>& list) {
    return std::all_of(list.begin(), list.end(), [this](const ast::Expr& one) { return may_be_null(one); });
  };
  if (const auto* literal = std::get_if<ast::Literal>(&expr.node))
    return literal->kind == ast::Literal::Kind::null;
  if (const auto* reference = std::get_if<ast::ColumnRef>(&expr.node)) {
    if (reference->star || reference->names.empty()) return true;
    const std::optional<Column> column = find_column(*reference);
    if (column) return column->may_be_null;
    // A relation's row as a whole, which is there even where all of its fields are NULL.
    for (const Scope* scope = reference->names.size() == 1 ? scope_ : nullptr; scope != nullptr;
         scope = scope->outer) {
      const auto item = std::ranges::find(scope->items, reference->names[0], &Item::alias);
      if (item != scope->items.end())
        return item->is_optional || item->is_row || item->made == ast::no_statement;
    }
    return true;
  }
  if (const auto* cast = std::get_if<ast::Cast>(&expr.node)) return may_be_null(*cast->argument);
  if (const auto* collate = std::get_if<ast::Collate>(&expr.node)) return may_be_null(*collate->argument);
  if (const auto* coalesce = std::get_if<ast::Coalesce>(&expr.node)) return all(coalesce->arguments);
  if (const auto* most = std::get_if<ast::MinMax>(&expr.node)) return all(most->arguments);
  if (std::holds_alternative<ast::NullTest>(expr.node) ||
      std::holds_alternative<ast::BooleanTest>(expr.node) ||
      std::holds_alternative<ast::ValueFunction>(expr.node))
    return false;
  if (const auto* both = std::get_if<ast::BoolExpr>(&expr.node)) return any(both->arguments);
  if (const auto* choice = std::get_if<ast::Case>(&expr.node)) {
    if (!choice->otherwise || may_be_null(*choice->otherwise)) return true;
    return std::any_of(choice->whens.begin(), choice->whens.end(),
                       [this](const ast::CaseWhen& when) { return may_be_null(*when.result); });
  }
  if (const auto* subquery = std::get_if<ast::Subquery>(&expr.node))
    return subquery->kind != ast::Subquery::Kind::exists && subquery->kind != ast::Subquery::Kind::array;
  if (const auto* call = std::get_if<ast::FunctionCall>(&expr.node)) {
    const bool is_own = !call->name.schema.empty() && call->name.schema != "pg_catalog";
    if (is_own) return true;
    return !is_any(filled, call->name.name) && (!is_any(strict, call->name.name) || any(call->arguments));
  }
  if (const auto* operation = std::get_if<ast::Operation>(&expr.node)) {
    constexpr std::string_view computing[] = {"+", "-",  "*",  "/", "//", "%",  "||",
                                              "=", "<>", "!=", "<", ">",  "<=", ">="};
    const bool computes = operation->kind == ast::Operation::Kind::op && operation->op.size() == 1 &&
                          is_any(computing, operation->op[0]) && operation->right;
    return !computes || may_be_null(*operation->right) || (operation->left && may_be_null(*operation->left));
  }
  return true;
}

}  // namespace pg2crdb::bind
