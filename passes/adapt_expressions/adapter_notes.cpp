// What is said of expressions: of what was rewritten, of values that become a text, of SQL that has no tree.
#include <algorithm>

#include "passes/adapt_expressions/adapter.h"
#include "passes/adapt_expressions/extracts.h"
#include "passes/adapt_expressions/quotients.h"
#include "passes/adapt_expressions/rules.h"
#include "routines/changed_tables.h"
#include "support/ascii.h"

namespace pg2crdb::adapt {

std::vector<Remark> unique(const std::vector<Remark>& remarks) {
  std::vector<Remark> result;
  for (const Remark& remark : remarks) {
    const auto known = std::find_if(result.begin(), result.end(),
                                    [&](const Remark& one) { return one.what == remark.what; });
    if (known == result.end()) {
      result.push_back(remark);
    } else {
      known->stands_at(remark.offset);
    }
  }
  return result;
}

std::string unknown_column(const std::string& column, bool is_written) {
  return is_written ? "writes the column `" + column + "`, which its table does not have"
                    : "reads the column `" + column + "`, which nothing there has";
}

void ExpressionAdapter::note_unread(const std::string& sql, int32_t offset) {
  const std::string words = lower(sql);
  if (words.find(" / ") != std::string::npos)
    noted(division, "a division by / in a statement that has no tree may be one of integers", offset);
  if (words.find("order by") != std::string::npos)
    noted(nulls_order_lost, "ORDER BY in a statement that has no tree has NULLs first, and last with DESC",
          offset);
}

void ExpressionAdapter::note_changes(const ast::StatementNode& statement, int32_t offset) {
  const std::string table = routines::table_changed_twice(statement);
  // #121034, sql.multiple_modifications_of_table.enabled
  if (!table.empty())
    noted(table_changed_twice, "changes `" + table + "` more than once in a statement", offset);
}

void ExpressionAdapter::texts(ast::Expr& expr) {
  tell(write_texts(expr, types_), expr.offset);
  for (const ast::Expr* one : written_values(expr)) note_quotient(*one);
  const auto* operation = std::get_if<ast::Operation>(&expr.node);
  if (operation != nullptr && compares_quotient(*operation, types_))
    noted(quotient_text, "a quotient that is compared has other places than PostgreSQL gives it",
          expr.offset);
}

void ExpressionAdapter::note_unpadded(const std::string& column, int32_t offset) {
  if (!column.empty())
    noted(padded_row, "what is written of `" + column + "` has no blanks behind it", offset);
}

void ExpressionAdapter::note_stored(const ast::Expr& value, const ast::TypeName& type) {
  if (type_of(type) == Type::decimal && bind::ExpressionTypes::keeps_places(type) &&
      types_.is_quotient(value))
    note_stored_quotient(value.offset);
}

void ExpressionAdapter::note_stored_quotient(int32_t offset) {
  noted(quotient_text, "a quotient that is stored or returned has other places than PostgreSQL gives it",
        offset);
}

void ExpressionAdapter::note_quotient(const ast::Expr& written) {
  if (types_.is_quotient(written))
    noted(quotient_text, "the text of a quotient has other places than PostgreSQL gives it", written.offset);
}

void ExpressionAdapter::tell(Computed computed, int32_t offset) {
  switch (computed) {
    case Computed::as_before:
      return;
    case Computed::integers_divided:
      return changed(integer_division, "integer division is written //", offset);
    case Computed::perhaps_integers_divided:
      return noted(division, "a division by / may be one of integers", offset);
    case Computed::as_float:
      return changed(float_decimal, "an exact number beside a float becomes double precision", offset);
    case Computed::power_as_float:
      return changed(float_decimal, "a power or root of exact numbers is computed in double precision",
                     offset);
    case Computed::perhaps_power_as_float:
      return noted(float_decimal, "a power by ^ may be one of integers, which is an integer in CockroachDB",
                   offset);
    case Computed::as_exact:
      return changed(float_decimal, "what EXTRACT gives, a float, is rounded as an exact number", offset);
    case Computed::as_cast:
      changed_any_ = true;
      return;
    case Computed::as_written_number:
      return changed(float_decimal, "the text of what EXTRACT gives, a float, is that of an exact number",
                     offset);
    case Computed::as_money:
      return changed(money_arithmetic, "what is computed with money is rounded to cents", offset);
  }
}

void ExpressionAdapter::changed(size_t rule, const std::string& what, int32_t offset) {
  changed_any_ = true;
  noted(rule, what, offset);
}

void ExpressionAdapter::noted(size_t rule, const std::string& what, int32_t offset) {
  const auto [it, added] = remarks_.emplace(rule, Remark{rule, what, offset});
  if (!added && it->second.what == what) it->second.stands_at(offset);
}

}  // namespace pg2crdb::adapt
