#include "emit/emit.h"

namespace pg2crdb {

void write_index_element(SqlWriter& out, const ast::IndexElement& element) {
  if (!element.expr) {
    out.ident(element.column);
  } else if (looks_like_function(*element.expr)) {
    write_expr(out, *element.expr);
  } else {
    out.open();
    write_expr(out, *element.expr);
    out.close();
  }
  if (!element.collation.empty()) {
    out.keyword("COLLATE");
    out.name(element.collation);
  }
  if (!element.operator_class.empty()) out.name(element.operator_class);
  if (!element.operator_class_options.empty()) write_options(out, element.operator_class_options);
  write_order(out, element.order, element.nulls);
}

void write_index_elements(SqlWriter& out, const std::vector<ast::IndexElement>& elements) {
  out.open();
  out.list(elements, [&out](const ast::IndexElement& element) { write_index_element(out, element); });
  out.close();
}

void write_statement(SqlWriter& out, const ast::CreateIndex& statement) {
  out.keyword(statement.unique ? "CREATE UNIQUE INDEX" : "CREATE INDEX");
  if (statement.concurrently) out.keyword("CONCURRENTLY");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  if (!statement.name.empty()) out.ident(statement.name);
  out.keyword(statement.only ? "ON ONLY" : "ON");
  out.name(statement.table);
  if (!statement.method.empty()) {
    out.keyword("USING");
    out.ident(statement.method);
  }
  write_index_elements(out, statement.elements);
  if (statement.hash_sharded) out.keyword("USING HASH");
  if (!statement.including.empty()) {
    out.keyword("INCLUDE");
    out.ident_list(statement.including);
  }
  if (statement.nulls_not_distinct) out.keyword("NULLS NOT DISTINCT");
  if (!statement.options.empty()) {
    out.keyword("WITH");
    write_options(out, statement.options);
  }
  if (!statement.tablespace.empty()) {
    out.keyword("TABLESPACE");
    out.ident(statement.tablespace);
  }
  if (statement.where) {
    out.keyword("WHERE");
    write_expr(out, *statement.where);
  }
  if (!statement.own_clauses.empty()) out.keyword(statement.own_clauses);
}

}  // namespace pg2crdb
