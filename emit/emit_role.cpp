#include "emit/emit.h"

namespace pg2crdb {
namespace {

void write_role_options(SqlWriter& out, const std::vector<ast::Option>& options) {
  if (options.empty()) return;
  out.keyword("WITH");
  std::string_view list;  // that the option before belongs to
  for (const ast::Option& option : options) {
    const bool names_role = option.name == "IN ROLE" || option.name == "ROLE" || option.name == "ADMIN";
    if (names_role && option.name == list) {
      out.comma();
    } else {
      out.keyword(option.name);
    }
    list = option.name;
    if (names_role) {
      out.ident(option.value);
    } else if (option.has_value) {
      write_option_value(out, option);
    }
  }
}

}  // namespace

void write_statement(SqlWriter& out, const ast::CreateRole& statement) {
  out.keyword(statement.login ? "CREATE USER" : "CREATE ROLE");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  out.ident(statement.name);
  write_role_options(out, statement.options);
}

void write_statement(SqlWriter& out, const ast::AlterRole& statement) {
  out.keyword("ALTER ROLE");
  write_role(out, statement.role);
  write_role_options(out, statement.options);
}

}  // namespace pg2crdb
