#include "emit/emit.h"

namespace pg2crdb {
namespace {

constexpr size_t line_width = 100;
constexpr int label_indent = 2;

void write_labels(SqlWriter& out, const ast::CreateEnum& statement, Layout layout) {
  out.open();
  bool first = true;
  for (const std::string& label : statement.labels) {
    if (!first) out.comma();
    first = false;
    if (layout == Layout::lines) out.line(label_indent);
    out.literal(label);
  }
  if (layout == Layout::lines) out.line(0);
  out.close();
}

}  // namespace

void write_statement(SqlWriter& out, const ast::CreateEnum& statement) {
  out.keyword("CREATE TYPE");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  out.name(statement.name);
  out.keyword("AS ENUM");
  size_t width = out.size() + 3;
  for (const std::string& label : statement.labels) width += label.size() + 4;
  write_labels(out, statement, width < line_width ? Layout::one_line : Layout::lines);
}

void write_statement(SqlWriter& out, const ast::AlterEnum& statement) {
  out.keyword("ALTER TYPE");
  out.name(statement.name);
  if (!statement.old_label.empty()) {
    out.keyword("RENAME VALUE");
    out.literal(statement.old_label);
    out.keyword("TO");
    out.literal(statement.label);
    return;
  }
  out.keyword("ADD VALUE");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  out.literal(statement.label);
  if (statement.neighbor.empty()) return;
  out.keyword(statement.after ? "AFTER" : "BEFORE");
  out.literal(statement.neighbor);
}

void write_statement(SqlWriter& out, const ast::CreateCompositeType& statement) {
  out.keyword("CREATE TYPE");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  out.name(statement.name);
  out.keyword("AS");
  out.open();
  out.list(statement.attributes, [&out](const ast::Column& attribute) { write_column(out, attribute); });
  out.close();
}

void write_statement(SqlWriter& out, const ast::CreateDomain& statement) {
  out.keyword("CREATE DOMAIN");
  out.name(statement.name);
  out.keyword("AS");
  write_type(out, statement.type);
  if (!statement.collation.empty()) {
    out.keyword("COLLATE");
    out.name(statement.collation);
  }
  if (statement.default_value) {
    out.keyword("DEFAULT");
    write_operand(out, *statement.default_value, Level::sign);
  }
  if (statement.not_null) out.keyword("NOT NULL");
  for (const ast::Constraint& constraint : statement.constraints) write_constraint(out, constraint, true);
}

}  // namespace pg2crdb
