#include "bind/row_values.h"

#include <algorithm>
#include <optional>

#include "rows/insert.h"

namespace pg2crdb::bind {
namespace {

std::optional<Said> said_by(const ast::Expr& value) {
  if (std::holds_alternative<ast::DefaultValue>(value.node)) return Said::default_;
  const ast::Expr* inner = &value;
  while (const auto* cast = std::get_if<ast::Cast>(&inner->node)) inner = &*cast->argument;
  const auto* literal = std::get_if<ast::Literal>(&inner->node);
  if (literal == nullptr) return std::nullopt;
  return literal->kind == ast::Literal::Kind::null ? Said::null : Said::value;
}

}  // namespace

bool has_default_values(const ast::Insert& insert) {
  return insert.rows.empty() && !insert.query;
}

bool each_row(const ast::Insert& insert, const std::function<void(const std::vector<Said>&)>& look) {
  std::vector<Said> row;
  if (insert.rows.empty()) {
    if (!insert.query || insert.query->values.empty()) return false;
    for (const std::vector<ast::Expr>& values : insert.query->values) {
      row.clear();
      for (const ast::Expr& value : values) {
        const std::optional<Said> said = said_by(value);
        if (!said) return false;
        row.push_back(*said);
      }
      look(row);
    }
    return true;
  }
  const std::string text = "INSERT INTO t VALUES " + insert.rows;
  InsertReader reader(text);
  std::vector<Field> fields;
  while (reader.next(fields)) {
    row.clear();
    for (const Field& field : fields) row.push_back(field.null ? Said::null : Said::value);
    for (const size_t place : reader.defaults()) row[place] = Said::default_;
    look(row);
  }
  return !reader.failed();
}

std::vector<std::string> given_columns(const ast::Insert& insert) {
  std::vector<std::string> columns;
  for (const ast::AssignedColumn& one : insert.columns) columns.push_back(one.column.names.front());
  return columns;
}

}  // namespace pg2crdb::bind
