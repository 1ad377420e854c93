#include <algorithm>

#include "emit/emit.h"
#include "support/ascii.h"

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

namespace {

/// Of CockroachDB's own clauses, which begin with `WITH (bucket_count=8)` where they have one: it stands
/// before WHERE, and what hides an index behind it (index_def in sql.y).
size_t storage_size(std::string_view own) {
  return lower(own.substr(0, 4)) == "with" ? std::min(own.find(')'), own.size() - 1) + 1 : 0;
}

}  // namespace

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
  const std::string_view own = statement.own_clauses;
  const size_t storage = storage_size(own);
  if (storage > 0) out.keyword(own.substr(0, storage));
  if (statement.where) {
    out.keyword("WHERE");
    write_expr(out, *statement.where);
  }
  if (const size_t rest = own.find_first_not_of(' ', storage); rest != std::string_view::npos)
    out.keyword(own.substr(rest));
}

}  // namespace pg2crdb
