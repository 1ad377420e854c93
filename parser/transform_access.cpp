#include "parser/transform.h"

namespace pg2crdb::transform {

namespace {

/// `LOGIN` or `NOLOGIN`, `CONNECTION LIMIT 3`, `PASSWORD 'x'`; PASSWORD NULL has no value.
ast::Option role_option(const DefElem& node) {
  option_reads_only(node, node.defname, node.arg);
  ast::Option result;
  auto attribute = [&](std::string_view word) {
    result.name = (truth(node.arg) ? "" : "NO") + std::string(word);
  };
  auto valued = [&](std::string_view words) {
    result.name = words;
    if (node.arg != nullptr) set_value(result, node.arg);
  };
  switch (name_number(text(node.defname))) {
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
      throw Unmodelled{};
  }
  return result;
}

/// The names of a list of roles that says no more than names.
std::vector<std::string> role_names(const Node* list) {
  std::vector<std::string> result;
  for (ast::Role& one : roles(&node_as<List>(list))) {
    if (one.kind != ast::Role::Kind::named) throw Unmodelled{};
    result.push_back(std::move(one.name));
  }
  return result;
}

/// IN ROLE, ROLE and ADMIN: an option for each role that they name. False for other options.
bool add_memberships(const DefElem& node, std::vector<ast::Option>& options) {
  std::string_view words;
  switch (name_number(text(node.defname))) {
    case "addroleto"_n:
      words = "IN ROLE";
      break;
    case "rolemembers"_n:
      words = "ROLE";
      break;
    case "adminmembers"_n:
      words = "ADMIN";
      break;
    default:
      return false;
  }
  option_reads_only(node, node.defname, node.arg);
  for (std::string& role : role_names(node.arg))
    options.push_back({std::string(words), std::move(role), true, false});
  return true;
}

ast::Privilege privilege(const AccessPriv& node) {
  reads_only(node, node.priv_name, node.cols);
  return {node.priv_name == nullptr ? "ALL" : upper(node.priv_name), string_nodes(node.cols)};
}

}  // namespace

ast::StatementNode create_policy(Context& context, const CreatePolicyStmt& node) {
  reads_only(node, node.policy_name, node.table, node.cmd_name, node.permissive, node.roles, node.qual,
             node.with_check);
  ast::CreatePolicy result;
  result.name = text(node.policy_name);
  result.table = relation_name(node.table);
  result.command = upper(text(node.cmd_name));
  result.permissive = node.permissive;
  result.roles = roles(node.roles);
  result.using_ = expression_if(context, node.qual);
  result.with_check = expression_if(context, node.with_check);
  return result;
}

ast::StatementNode create_role(const CreateRoleStmt& node) {
  reads_only(node, node.stmt_type, node.role, node.options);
  ast::CreateRole result;
  result.login = node.stmt_type == ROLESTMT_USER;
  result.name = text(node.role);
  for (const DefElem& option : Nodes<DefElem>(node.options)) {
    if (!add_memberships(option, result.options)) result.options.push_back(role_option(option));
  }
  return result;
}

namespace {

/// ALTER GROUP g ADD USER u: what GRANT g TO u does.
ast::StatementNode alter_group(const AlterRoleStmt& node) {
  ast::GrantRole result;
  result.grant = node.action > 0;
  const ast::Role group = role(node_as<RoleSpec>(node.role));
  if (group.kind != ast::Role::Kind::named) throw Unmodelled{};
  result.roles.push_back(group.name);
  for (const DefElem& option : Nodes<DefElem>(node.options)) {
    option_reads_only(option, option.defname, option.arg);
    result.members = roles(&node_as<List>(option.arg));
  }
  return result;
}

}  // namespace

/// `action` says something of ALTER GROUP only.
ast::StatementNode alter_role(const AlterRoleStmt& node) {
  reads_only(node, node.role, node.options, node.action);
  const Nodes<DefElem> given(node.options);
  for (const DefElem& option : given) {
    if (text(option.defname) == "rolemembers") return alter_group(node);
  }
  ast::AlterRole result;
  result.role = role(node_as<RoleSpec>(node.role));
  for (const DefElem& option : Nodes<DefElem>(node.options)) result.options.push_back(role_option(option));
  return result;
}

ast::Grant grant(Context& context, const GrantStmt& node) {
  reads_only(node, node.is_grant, node.targtype, node.objtype, node.objects, node.privileges, node.grantees,
             node.grant_option, node.grantor, node.behavior);
  ast::Grant result;
  result.grant = node.is_grant;
  result.all_in_schema = node.targtype == ACL_TARGET_ALL_IN_SCHEMA;
  result.kind = object_kind(node.objtype);
  if (result.kind == ast::ObjectKind::other) throw Unmodelled{};
  const ast::ObjectKind kind = result.all_in_schema ? ast::ObjectKind::schema : result.kind;
  for (const Node* object : Nodes<Node>(node.objects)) {
    result.objects.push_back(object_ref(context, kind, object));
  }
  for (const AccessPriv& one : Nodes<AccessPriv>(node.privileges))
    result.privileges.push_back(privilege(one));
  if (result.privileges.empty()) result.privileges.push_back({"ALL", {}});
  result.grantees = roles(node.grantees);
  result.grant_option = node.grant_option;
  if (node.grantor != nullptr) result.granted_by = role(*node.grantor);
  result.has_granted_by = node.grantor != nullptr;
  result.cascade = node.behavior == DROP_CASCADE;
  return result;
}

ast::StatementNode grant_role(const GrantRoleStmt& node) {
  ast::GrantRole result;
  result.grant = node.is_grant;
#if PG_VERSION_NUM >= 160000
  reads_only(node, node.granted_roles, node.grantee_roles, node.is_grant, node.opt, node.grantor,
             node.behavior);
  result.options = options(node.opt);
  for (ast::Option& option : result.options) option.name = upper(option.name);
#else
  reads_only(node, node.granted_roles, node.grantee_roles, node.is_grant, node.admin_opt, node.grantor,
             node.behavior);
  // REVOKE takes the option away.
  if (node.admin_opt) result.options.push_back({"ADMIN", node.is_grant ? "true" : "false", true, false});
#endif
  for (const AccessPriv& granted : Nodes<AccessPriv>(node.granted_roles)) {
    reads_only(granted, granted.priv_name);
    result.roles.emplace_back(text(granted.priv_name));
  }
  result.members = roles(node.grantee_roles);
  if (node.grantor != nullptr) result.granted_by = role(*node.grantor);
  result.has_granted_by = node.grantor != nullptr;
  result.cascade = node.behavior == DROP_CASCADE;
  return result;
}

ast::StatementNode alter_default_privileges(Context& context, const AlterDefaultPrivilegesStmt& node) {
  reads_only(node, node.options, node.action);
  ast::AlterDefaultPrivileges result;
  for (const DefElem& option : Nodes<DefElem>(node.options)) {
    option_reads_only(option, option.defname, option.arg);
    const List& list = node_as<List>(option.arg);
    if (text(option.defname) == "roles") {
      result.for_roles = roles(&list);
    } else if (text(option.defname) == "schemas") {
      result.schemas = string_nodes(&list);
    } else {
      throw Unmodelled{};
    }
  }
  result.grant = grant(context, node_as<GrantStmt>(node.action));
  return result;
}

}  // namespace pg2crdb::transform
