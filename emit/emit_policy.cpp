#include "emit/emit.h"

namespace pg2crdb {

void write_statement(SqlWriter& out, const ast::CreatePolicy& statement) {
  out.keyword("CREATE POLICY");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  out.ident(statement.name);
  out.keyword("ON");
  out.name(statement.table);
  if (!statement.permissive) out.keyword("AS RESTRICTIVE");
  if (!statement.command.empty() && statement.command != "ALL") {
    out.keyword("FOR");
    out.keyword(statement.command);
  }
  if (!statement.roles.empty()) {
    out.keyword("TO");
    out.list(statement.roles, [&out](const ast::Role& role) { write_role(out, role); });
  }
  if (statement.using_) {
    out.keyword("USING");
    out.open();
    write_expr(out, *statement.using_);
    out.close();
  }
  if (statement.with_check) {
    out.keyword("WITH CHECK");
    out.open();
    write_expr(out, *statement.with_check);
    out.close();
  }
}

}  // namespace pg2crdb
