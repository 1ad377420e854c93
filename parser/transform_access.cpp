#include <simdjson.h>

#include <cctype>

#include "parser/transform.h"

namespace pg2crdb::transform {

using simdjson::dom::array;
using simdjson::dom::object;

namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

/// `LOGIN` or `NOLOGIN`, `CONNECTION LIMIT 3`, `PASSWORD 'x'`; PASSWORD NULL has no value.
ast::Option role_option(Json node) {
  Json argument;
  const DefElem element = def_elem(node, argument);
  ast::Option result;
  auto attribute = [&](std::string_view word) {
    result.name = (truth(argument) ? "" : "NO") + std::string(word);
  };
  auto valued = [&](std::string_view words) {
    result.name = words;
    if (element.has_argument) set_value(result, argument);
  };
  switch (name_number(element.name)) {
    case "superuser"_n:
      attribute("SUPERUSER");
      break;
    case "createdb"_n:
      attribute("CREATEDB");
      break;
    case "createrole"_n:
      attribute("CREATEROLE");
      break;
    case "inherit"_n:
      attribute("INHERIT");
      break;
    case "canlogin"_n:
      attribute("LOGIN");
      break;
    case "isreplication"_n:
      attribute("REPLICATION");
      break;
    case "bypassrls"_n:
      attribute("BYPASSRLS");
      break;
    case "connectionlimit"_n:
      valued("CONNECTION LIMIT");
      break;
    case "password"_n:
      valued("PASSWORD");
      break;
    case "validUntil"_n:
      valued("VALID UNTIL");
      break;
    case "sysid"_n:
      valued("SYSID");
      break;
    default:
      throw Unmodelled{};  // IN ROLE, ROLE, ADMIN
  }
  return result;
}

ast::Privilege privilege(Json fields) {
  ast::Privilege result;
  result.name = "ALL";
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "priv_name"_n:
        result.name = upper(text(value));
        break;
      case "cols"_n:
        result.columns = string_nodes(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::Grant grant_fields(Context& context, Json fields) {
  ast::Grant result;
  result.grant = false;
  Json objects;
  bool has_objects = false;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "is_grant"_n:
        result.grant = boolean(value);
        break;
      case "targtype"_n:
        result.all_in_schema = text(value) == "ACL_TARGET_ALL_IN_SCHEMA";
        break;
      case "objtype"_n:
        result.kind = object_kind(text(value));
        break;
      case "objects"_n:
        objects = value;
        has_objects = true;
        break;
      case "privileges"_n:
        for (Json node : array(value)) result.privileges.push_back(privilege(open_as("AccessPriv", node)));
        break;
      case "grantees"_n:
        result.grantees = roles(value);
        break;
      case "grant_option"_n:
        result.grant_option = boolean(value);
        break;
      case "grantor"_n:
        result.granted_by = role(value);
        result.has_granted_by = true;
        break;
      case "behavior"_n:
        result.cascade = cascades(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (result.kind == ast::ObjectKind::other) throw Unmodelled{};
  if (result.privileges.empty()) result.privileges.push_back({"ALL", {}});
  if (has_objects) {
    const ast::ObjectKind kind = result.all_in_schema ? ast::ObjectKind::schema : result.kind;
    for (Json node : array(objects)) result.objects.push_back(object_ref(context, kind, node));
  }
  return result;
}

}  // namespace

ast::StatementNode create_policy(Context& context, Json fields) {
  ast::CreatePolicy result;
  result.permissive = false;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "policy_name"_n:
        result.name = text(value);
        break;
      case "table"_n:
        result.table = relation(context, value).name;
        break;
      case "cmd_name"_n:
        result.command = upper(text(value));
        break;
      case "permissive"_n:
        result.permissive = boolean(value);
        break;
      case "roles"_n:
        result.roles = roles(value);
        break;
      case "qual"_n:
        result.using_ = expression(context, value);
        break;
      case "with_check"_n:
        result.with_check = expression(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode create_role(Context&, Json fields) {
  ast::CreateRole result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "stmt_type"_n:
        result.login = text(value) == "ROLESTMT_USER";
        break;
      case "role"_n:
        result.name = text(value);
        break;
      case "options"_n:
        for (Json node : array(value)) result.options.push_back(role_option(node));
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode alter_role(Context&, Json fields) {
  ast::AlterRole result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "role"_n:
        result.role = role(value);
        break;
      case "options"_n:
        for (Json node : array(value)) result.options.push_back(role_option(node));
        break;
      case "action"_n:
        break;  // of ALTER GROUP, whose options role_option refuses
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode grant(Context& context, Json fields) {
  return grant_fields(context, fields);
}

ast::StatementNode grant_role(Context&, Json fields) {
  ast::GrantRole result;
  result.grant = false;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "is_grant"_n:
        result.grant = boolean(value);
        break;
      case "granted_roles"_n:
        for (Json node : array(value)) {
          std::string name;
          for (auto [inner_key, inner] : object(open_as("AccessPriv", node))) {
            if (inner_key != "priv_name") throw Unmodelled{};
            name = text(inner);
          }
          result.roles.push_back(std::move(name));
        }
        break;
      case "grantee_roles"_n:
        result.members = roles(value);
        break;
      case "opt"_n:
        for (ast::Option& option : options(value)) {
          option.name = upper(option.name);
          result.options.push_back(std::move(option));
        }
        break;
      case "admin_opt"_n:  // of libpg_query 15; REVOKE takes the option away
        result.options.push_back({"ADMIN", result.grant ? "true" : "false", true, false});
        break;
      case "grantor"_n:
        result.granted_by = role(value);
        result.has_granted_by = true;
        break;
      case "behavior"_n:
        result.cascade = cascades(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode alter_default_privileges(Context& context, Json fields) {
  ast::AlterDefaultPrivileges result;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "options"_n:
        for (Json node : array(value)) {
          Json argument;
          const DefElem element = def_elem(node, argument);
          for (auto [inner_key, list] : object(open_as("List", argument))) {
            switch (name_number(element.name)) {
              case "roles"_n:
                result.for_roles = roles(list);
                break;
              case "schemas"_n:
                result.schemas = string_nodes(list);
                break;
              default:
                throw Unmodelled{};
            }
          }
        }
        break;
      case "action"_n:
        result.grant = grant_fields(context, value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode alter_owner(Context& context, Json fields) {
  ast::AlterOwner result;
  ast::ObjectKind kind = ast::ObjectKind::other;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "objectType"_n:
        kind = object_kind(text(value));
        break;
      case "object"_n:
      case "relation"_n:
        result.object = object_ref(context, kind, value);
        break;
      case "newowner"_n:
        result.role = role(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (kind == ast::ObjectKind::other) throw Unmodelled{};
  return result;
}

ast::StatementNode comment(Context& context, Json fields) {
  ast::Comment result;
  result.is_null = true;
  ast::ObjectKind kind = ast::ObjectKind::other;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "objtype"_n:
        kind = object_kind(text(value));
        break;
      case "object"_n:
        result.object = object_ref(context, kind, value);
        break;
      case "comment"_n:
        result.text = text(value);
        result.is_null = false;
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (kind == ast::ObjectKind::other) throw Unmodelled{};
  return result;
}

ast::StatementNode drop(Context& context, Json fields) {
  ast::Drop result;
  Json objects;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "objects"_n:
        objects = value;
        break;
      case "removeType"_n:
        result.kind = object_kind(text(value));
        break;
      case "behavior"_n:
        result.cascade = cascades(value);
        break;
      case "missing_ok"_n:
        result.if_exists = boolean(value);
        break;
      case "concurrent"_n:
        result.concurrently = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  if (result.kind == ast::ObjectKind::other) throw Unmodelled{};
  for (Json node : array(objects)) result.objects.push_back(object_ref(context, result.kind, node));
  return result;
}

ast::StatementNode drop_role(Context& context, Json fields) {
  ast::Drop result;
  result.kind = ast::ObjectKind::role;
  for (auto [key, value] : object(fields)) {
    switch (name_number(key)) {
      case "roles"_n:
        for (Json node : array(value)) result.objects.push_back(object_ref(context, result.kind, node));
        break;
      case "missing_ok"_n:
        result.if_exists = boolean(value);
        break;
      default:
        throw Unmodelled{};
    }
  }
  return result;
}

ast::StatementNode drop_named(ast::ObjectKind kind, std::string_view name_field, Json fields) {
  ast::Drop result;
  result.kind = kind;
  for (auto [key, value] : object(fields)) {
    if (key == name_field) {
      ast::ObjectRef reference;
      reference.kind = kind;
      reference.name.name = text(value);
      result.objects.push_back(std::move(reference));
    } else if (key == "missing_ok") {
      result.if_exists = boolean(value);
    } else if (key == "behavior") {
      result.cascade = cascades(value);
    } else {
      throw Unmodelled{};
    }
  }
  return result;
}

}  // namespace pg2crdb::transform
