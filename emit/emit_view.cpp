#include "emit/emit.h"

namespace pg2crdb {
namespace {

constexpr int query_indent = 2;

void write_definition(SqlWriter& out, const ast::Query& query) {
  out.keyword("AS");
  out.line(query_indent);
  write_query(out, query, Layout::lines);
}

}  // namespace

void write_statement(SqlWriter& out, const ast::CreateView& statement) {
  out.keyword(statement.or_replace ? "CREATE OR REPLACE" : "CREATE");
  if (statement.persistence != ast::Persistence::permanent) out.keyword(keywords(statement.persistence));
  out.keyword("VIEW");
  out.name(statement.name);
  if (!statement.columns.empty()) out.ident_list(statement.columns);
  if (!statement.options.empty()) {
    out.keyword("WITH");
    write_options(out, statement.options);
  }
  write_definition(out, *statement.query);
  if (statement.check_option.empty()) return;
  out.line(query_indent);
  out.keyword("WITH");
  out.keyword(statement.check_option);
  out.keyword("CHECK OPTION");
}

void write_statement(SqlWriter& out, const ast::CreateTableAs& statement) {
  out.keyword("CREATE");
  if (statement.persistence != ast::Persistence::permanent) out.keyword(keywords(statement.persistence));
  out.keyword(statement.materialized_view ? "MATERIALIZED VIEW" : "TABLE");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  out.name(statement.name);
  if (!statement.columns.empty()) out.ident_list(statement.columns);
  if (!statement.access_method.empty()) {
    out.keyword("USING");
    out.ident(statement.access_method);
  }
  if (!statement.options.empty()) {
    out.keyword("WITH");
    write_options(out, statement.options);
  }
  if (!statement.tablespace.empty()) {
    out.keyword("TABLESPACE");
    out.ident(statement.tablespace);
  }
  write_definition(out, *statement.query);
  if (statement.with_data) return;
  out.line(query_indent);
  out.keyword("WITH NO DATA");
}

void write_statement(SqlWriter& out, const ast::RefreshMaterializedView& statement) {
  out.keyword("REFRESH MATERIALIZED VIEW");
  if (statement.concurrently) out.keyword("CONCURRENTLY");
  out.name(statement.name);
  if (!statement.with_data) out.keyword("WITH NO DATA");
}

}  // namespace pg2crdb
