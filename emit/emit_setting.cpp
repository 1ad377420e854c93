#include <variant>

#include "emit/emit.h"

namespace pg2crdb {
namespace {

/// SET TIME ZONE takes an interval, and only with these words.
const ast::Cast* time_zone_interval(const ast::SetVariable& statement) {
  if (statement.name != "timezone" || statement.values.size() != 1) return nullptr;
  return std::get_if<ast::Cast>(&statement.values[0].node);
}

}  // namespace

void write_set_variable(SqlWriter& out, const ast::SetVariable& statement) {
  using Kind = ast::SetVariable::Kind;
  if (statement.kind == Kind::reset_all) {
    out.keyword("RESET ALL");
    return;
  }
  if (statement.kind == Kind::reset) {
    out.keyword("RESET");
    write_dotted_text(out, statement.name);
    return;
  }
  out.keyword(statement.local ? "SET LOCAL" : "SET");
  if (const ast::Cast* zone = time_zone_interval(statement)) {
    out.keyword("TIME ZONE INTERVAL");
    write_expr(out, *zone->argument);
    if (!zone->type.interval_fields.empty()) out.keyword(zone->type.interval_fields);
    return;
  }
  write_dotted_text(out, statement.name);
  switch (statement.kind) {
    case Kind::value:
      out.keyword("=");
      write_exprs(out, statement.values);
      break;
    case Kind::default_:
      out.keyword("= DEFAULT");
      break;
    case Kind::current:
      out.keyword("FROM CURRENT");
      break;
    case Kind::reset:
    case Kind::reset_all:
      break;
  }
}

void write_statement(SqlWriter& out, const ast::SetVariable& statement) {
  write_set_variable(out, statement);
}

}  // namespace pg2crdb
