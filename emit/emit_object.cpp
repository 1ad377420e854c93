#include "ast/describe.h"
#include "emit/emit.h"

namespace pg2crdb {
void write_dotted_text(SqlWriter& out, std::string_view text) {
  for (size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.')) {
    out.ident(text.substr(0, dot));
    out.glue(".");
    text.remove_prefix(dot + 1);
  }
  out.ident(text);
}

std::string_view keywords(ast::Persistence persistence) {
  switch (persistence) {
    case ast::Persistence::permanent:
      return "";
    case ast::Persistence::temporary:
      return "TEMPORARY";
    case ast::Persistence::unlogged:
      return "UNLOGGED";
  }
  return "";
}

void write_role(SqlWriter& out, const ast::Role& role) {
  switch (role.kind) {
    case ast::Role::Kind::named:
      out.ident(role.name);
      return;
    case ast::Role::Kind::public_:
      out.keyword("PUBLIC");
      return;
    case ast::Role::Kind::current_role:
      out.keyword("CURRENT_ROLE");
      return;
    case ast::Role::Kind::current_user:
      out.keyword("CURRENT_USER");
      return;
    case ast::Role::Kind::session_user:
      out.keyword("SESSION_USER");
      return;
  }
}

void write_option_value(SqlWriter& out, const ast::Option& option) {
  if (option.string_value) {
    out.literal(option.value);
  } else {
    out.keyword(option.value);
  }
}

void write_options(SqlWriter& out, const std::vector<ast::Option>& options) {
  out.open();
  out.list(options, [&out](const ast::Option& option) {
    write_dotted_text(out, option.name);
    if (!option.has_value) return;
    out.glue("=");
    write_option_value(out, option);
  });
  out.close();
}

void write_argument_types(SqlWriter& out, const ast::ObjectRef& object) {
  if (!object.has_arguments) return;
  out.glue("(");
  if (object.kind == ast::ObjectKind::aggregate && object.arguments.empty()) out.keyword("*");
  out.list(object.arguments, [&out](const ast::TypeName& type) {
    if (type.empty()) {
      out.keyword("NONE");
    } else {
      write_type(out, type);
    }
  });
  out.close();
}

void write_object(SqlWriter& out, const ast::ObjectRef& object) {
  using enum ast::ObjectKind;
  switch (object.kind) {
    case column:
      out.name(object.name);
      out.glue(".");
      out.ident(object.member);
      return;
    case constraint:
    case trigger:
    case policy:
    case rule:
      out.ident(object.member);
      out.keyword("ON");
      out.name(object.name);
      return;
    case domain_constraint:
      out.ident(object.member);
      out.keyword("ON DOMAIN");
      out.name(object.name);
      return;
    case operator_:
      if (!object.name.schema.empty()) {
        out.ident(object.name.schema);
        out.glue(".");
      }
      out.keyword(object.name.name);
      out.glue(" ");
      write_argument_types(out, object);
      return;
    case large_object:
      out.keyword(object.name.name);
      return;
    case parameter:
      write_dotted_text(out, object.name.name);
      return;
    default:
      out.name(object.name);
      write_argument_types(out, object);
      return;
  }
}

namespace {

/// What follows ALTER, up to the new name or schema.
void begin_alter(SqlWriter& out, ast::ObjectKind kind, bool if_exists) {
  out.keyword("ALTER");
  out.keyword(ast::keywords(kind));
  if (if_exists) out.keyword("IF EXISTS");
}

}  // namespace

void write_statement(SqlWriter& out, const ast::Rename& statement) {
  using enum ast::ObjectKind;
  const ast::ObjectRef& object = statement.object;
  switch (object.kind) {
    case column:
    case constraint:
    case domain_constraint:
      begin_alter(out,
                  object.kind == column       ? statement.relation
                  : object.kind == constraint ? table
                                              : domain,
                  statement.if_exists);
      out.name(object.name);
      out.keyword(object.kind != column        ? "RENAME CONSTRAINT"
                  : statement.relation == type ? "RENAME ATTRIBUTE"
                                               : "RENAME COLUMN");
      out.ident(object.member);
      break;
    default:
      begin_alter(out, object.kind, statement.if_exists);
      write_object(out, object);
      out.keyword("RENAME");
      break;
  }
  out.keyword("TO");
  out.ident(statement.new_name);
  if (statement.cascade) out.keyword("CASCADE");
}

void write_statement(SqlWriter& out, const ast::SetSchema& statement) {
  begin_alter(out, statement.object.kind, statement.if_exists);
  write_object(out, statement.object);
  out.keyword("SET SCHEMA");
  out.ident(statement.schema);
}

void write_statement(SqlWriter& out, const ast::AlterOwner& statement) {
  out.keyword("ALTER");
  out.keyword(ast::keywords(statement.object.kind));
  write_object(out, statement.object);
  out.keyword("OWNER TO");
  write_role(out, statement.role);
}

void write_statement(SqlWriter& out, const ast::Comment& statement) {
  out.keyword("COMMENT ON");
  out.keyword(ast::keywords(statement.object.kind));
  write_object(out, statement.object);
  out.keyword("IS");
  if (statement.is_null) {
    out.keyword("NULL");
  } else {
    out.literal(statement.text);
  }
}

void write_statement(SqlWriter& out, const ast::Drop& statement) {
  out.keyword("DROP");
  out.keyword(ast::keywords(statement.kind));
  if (statement.concurrently) out.keyword("CONCURRENTLY");
  if (statement.if_exists) out.keyword("IF EXISTS");
  out.list(statement.objects, [&out](const ast::ObjectRef& object) { write_object(out, object); });
  if (statement.cascade) out.keyword("CASCADE");
}

}  // namespace pg2crdb
