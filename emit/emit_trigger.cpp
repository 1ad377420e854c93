#include "emit/emit.h"

namespace pg2crdb {
namespace {

void write_events(SqlWriter& out, const ast::CreateTrigger& statement) {
  bool first = true;
  const auto event = [&](bool present, std::string_view word) {
    if (!present) return;
    if (!first) out.keyword("OR");
    first = false;
    out.keyword(word);
  };
  event(statement.on_insert, "INSERT");
  event(statement.on_delete, "DELETE");
  event(statement.on_update, "UPDATE");
  if (!statement.update_columns.empty()) {
    out.keyword("OF");
    out.list(statement.update_columns, [&out](const std::string& column) { out.ident(column); });
  }
  event(statement.on_truncate, "TRUNCATE");
}

}  // namespace

void write_statement(SqlWriter& out, const ast::CreateTrigger& statement) {
  out.keyword(statement.or_replace ? "CREATE OR REPLACE" : "CREATE");
  out.keyword(statement.constraint ? "CONSTRAINT TRIGGER" : "TRIGGER");
  out.ident(statement.name);
  out.keyword(statement.timing);
  write_events(out, statement);
  out.keyword("ON");
  out.name(statement.table);
  if (!statement.constraint_from.empty()) {
    out.keyword("FROM");
    out.name(statement.constraint_from);
  }
  if (statement.deferrable) out.keyword("DEFERRABLE");
  if (statement.initially_deferred) out.keyword("INITIALLY DEFERRED");
  if (!statement.old_table.empty() || !statement.new_table.empty()) {
    out.keyword("REFERENCING");
    if (!statement.old_table.empty()) {
      out.keyword("OLD TABLE AS");
      out.ident(statement.old_table);
    }
    if (!statement.new_table.empty()) {
      out.keyword("NEW TABLE AS");
      out.ident(statement.new_table);
    }
  }
  out.keyword(statement.for_each_row ? "FOR EACH ROW" : "FOR EACH STATEMENT");
  if (statement.when) {
    out.keyword("WHEN");
    out.open();
    write_expr(out, *statement.when);
    out.close();
  }
  out.keyword("EXECUTE FUNCTION");
  out.name(statement.function);
  out.glue("(");
  out.list(statement.arguments, [&out](const std::string& argument) { out.literal(argument); });
  out.close();
}

}  // namespace pg2crdb
