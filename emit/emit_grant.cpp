#include "ast/describe.h"
#include "emit/emit.h"
#include "support/result.h"

namespace pg2crdb {
namespace {

void write_privileges(SqlWriter& out, const ast::Grant& grant) {
  if (grant.privileges.empty()) {
    out.keyword("ALL");
    return;
  }
  out.list(grant.privileges, [&out](const ast::Privilege& privilege) {
    out.keyword(privilege.name);
    if (!privilege.columns.empty()) out.ident_list(privilege.columns);
  });
}

/// TABLES, SEQUENCES ...
std::string_view plural(ast::ObjectKind kind) {
  using enum ast::ObjectKind;
  switch (kind) {
    case table:
      return "TABLES";
    case sequence:
      return "SEQUENCES";
    case function:
      return "FUNCTIONS";
    case procedure:
      return "PROCEDURES";
    case routine:
      return "ROUTINES";
    case type:
      return "TYPES";
    case schema:
      return "SCHEMAS";
    case large_object:
      return "LARGE OBJECTS";
    default:
      throw InternalError("a kind of object that is not granted on as a whole");
  }
}

void begin_grant(SqlWriter& out, const ast::Grant& grant) {
  out.keyword(grant.grant ? "GRANT" : "REVOKE");
  if (!grant.grant && grant.grant_option) out.keyword("GRANT OPTION FOR");
  write_privileges(out, grant);
  out.keyword("ON");
}

void end_grant(SqlWriter& out, const ast::Grant& grant) {
  out.keyword(grant.grant ? "TO" : "FROM");
  out.list(grant.grantees, [&out](const ast::Role& role) { write_role(out, role); });
  if (grant.grant && grant.grant_option) out.keyword("WITH GRANT OPTION");
  if (grant.has_granted_by) {
    out.keyword("GRANTED BY");
    write_role(out, grant.granted_by);
  }
  if (grant.cascade) out.keyword("CASCADE");
}

std::string_view grant_words(ast::ObjectKind kind) {
  return kind == ast::ObjectKind::foreign_server ? "FOREIGN SERVER" : ast::keywords(kind);
}

}  // namespace

void write_statement(SqlWriter& out, const ast::Grant& statement) {
  begin_grant(out, statement);
  if (statement.all_in_schema) {
    out.keyword("ALL");
    out.keyword(plural(statement.kind));
    out.keyword("IN SCHEMA");
  } else {
    out.keyword(grant_words(statement.kind));
  }
  out.list(statement.objects, [&out](const ast::ObjectRef& object) { write_object(out, object); });
  end_grant(out, statement);
}

void write_statement(SqlWriter& out, const ast::GrantRole& statement) {
  out.keyword(statement.grant ? "GRANT" : "REVOKE");
  if (!statement.grant) {
    for (const ast::Option& option : statement.options) {
      out.keyword(option.name);
      out.keyword("OPTION FOR");
    }
  }
  out.list(statement.roles, [&out](const std::string& role) { out.ident(role); });
  out.keyword(statement.grant ? "TO" : "FROM");
  out.list(statement.members, [&out](const ast::Role& role) { write_role(out, role); });
  if (statement.grant && !statement.options.empty()) {
    out.keyword("WITH");
    out.list(statement.options, [&out](const ast::Option& option) {
      out.keyword(option.name);
      out.keyword(option.has_value && option.value == "false" ? "FALSE" : "OPTION");
    });
  }
  if (statement.has_granted_by) {
    out.keyword("GRANTED BY");
    write_role(out, statement.granted_by);
  }
  if (statement.cascade) out.keyword("CASCADE");
}

void write_statement(SqlWriter& out, const ast::AlterDefaultPrivileges& statement) {
  out.keyword("ALTER DEFAULT PRIVILEGES");
  if (!statement.for_roles.empty()) {
    out.keyword("FOR ROLE");
    out.list(statement.for_roles, [&out](const ast::Role& role) { write_role(out, role); });
  }
  if (!statement.schemas.empty()) {
    out.keyword("IN SCHEMA");
    out.list(statement.schemas, [&out](const std::string& schema) { out.ident(schema); });
  }
  begin_grant(out, statement.grant);
  out.keyword(plural(statement.grant.kind));
  end_grant(out, statement.grant);
}

}  // namespace pg2crdb
