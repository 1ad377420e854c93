#include <cctype>

#include "emit/emit.h"

namespace pg2crdb {

void write_statement(SqlWriter& out, const ast::CreateSchema& statement) {
  out.keyword("CREATE SCHEMA");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  if (!statement.name.empty()) out.ident(statement.name);
  if (!statement.has_owner) return;
  out.keyword("AUTHORIZATION");
  write_role(out, statement.owner);
}

void write_statement(SqlWriter& out, const ast::CreateDatabase& statement) {
  out.keyword("CREATE DATABASE");
  out.ident(statement.name);
  if (statement.options.empty()) return;
  out.keyword("WITH");
  for (const ast::Option& option : statement.options) {
    if (option.name == "connection_limit") {
      out.keyword("CONNECTION LIMIT");
    } else {
      std::string words = option.name;
      for (char& c : words) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      out.keyword(words);
    }
    out.keyword("=");
    if (option.has_value) {
      write_option_value(out, option);
    } else {
      out.keyword("DEFAULT");
    }
  }
}

void write_statement(SqlWriter& out, const ast::CreateExtension& statement) {
  out.keyword("CREATE EXTENSION");
  if (statement.if_not_exists) out.keyword("IF NOT EXISTS");
  out.ident(statement.name);
  if (!statement.schema.empty() || !statement.version.empty() || statement.cascade) out.keyword("WITH");
  if (!statement.schema.empty()) {
    out.keyword("SCHEMA");
    out.ident(statement.schema);
  }
  if (!statement.version.empty()) {
    out.keyword("VERSION");
    out.literal(statement.version);
  }
  if (statement.cascade) out.keyword("CASCADE");
}

}  // namespace pg2crdb
