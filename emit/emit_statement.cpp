#include <variant>

#include "emit/emit.h"

namespace pg2crdb {

void write_statement(SqlWriter& out, const ast::SelectStatement& statement) {
  write_query(out, *statement.query, Layout::one_line);
}

void write_statement(SqlWriter& out, const ast::Truncate& statement) {
  out.keyword("TRUNCATE TABLE");
  out.list(statement.tables, [&out](const ast::Name& table) { out.name(table); });
  if (statement.restart_identity) out.keyword("RESTART IDENTITY");
  if (statement.cascade) out.keyword("CASCADE");
}

void write_statement(SqlWriter& out, const ast::DoBlock& statement) {
  out.keyword("DO");
  if (!statement.language.empty()) {
    out.keyword("LANGUAGE");
    out.ident(statement.language);
  }
  out.dollar_quoted(statement.body);
}

void write_statement(SqlWriter& out, const ast::Transaction& statement) {
  out.keyword(statement.command);
}

void write_statement(SqlWriter& out, const ast::CopyFrom& statement) {
  out.keyword("COPY");
  out.name(statement.table);
  if (!statement.columns.empty()) out.ident_list(statement.columns);
  out.keyword("FROM stdin");
}

void write_statement(SqlWriter& out, const ast::MetaCommand& statement) {
  out.keyword(statement.text);
}

void write_statement(SqlWriter& out, const ast::Opaque& statement) {
  out.keyword(statement.text);
}

std::string to_sql(const ast::StatementNode& node, Dialect dialect) {
  SqlWriter out(dialect);
  std::visit([&out](const auto& statement) { write_statement(out, statement); }, node);
  return std::move(out).take();
}

std::string to_sql_if_different(const ast::StatementNode& node) {
  SqlWriter out(Dialect::cockroachdb);
  std::visit([&out](const auto& statement) { write_statement(out, statement); }, node);
  return out.differs() ? std::move(out).take() : std::string();
}

std::string to_sql(const ast::Expr& expr, Dialect dialect) {
  SqlWriter out(dialect);
  write_expr(out, expr);
  return std::move(out).take();
}

std::string to_sql(const ast::Query& query, Dialect dialect) {
  SqlWriter out(dialect);
  write_query(out, query, Layout::one_line);
  return std::move(out).take();
}

std::string to_sql(const ast::TypeName& type, Dialect dialect) {
  SqlWriter out(dialect);
  write_type(out, type);
  return std::move(out).take();
}

}  // namespace pg2crdb
