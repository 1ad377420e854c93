// Roles that a script renames, or drops again: what they owned and were given.
#include <algorithm>

#include "bind/history.h"
#include "bind/tree_edit.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

void History::rename_role(ObjectId role, const std::string& from, const std::string& to) {
  TreeEdit rewrite;
  rewrite.role = [&](ast::Role& one) {
    if (one.kind == ast::Role::Kind::named && one.name == from) one.name = to;
  };
  for (const ast::StatementId id : binder_.users(role)) {
    ast::Statement& user = statement(id);
    edit(user.node, rewrite);
    if (auto* grant = std::get_if<ast::GrantRole>(&user.node))
      std::replace(grant->roles.begin(), grant->roles.end(), from, to);
    if (auto* reference = std::get_if<ast::Comment>(&user.node);
        reference && reference->object.kind == ObjectKind::role)
      reference->object.name.name = to;
    context_.rewritten(user);
  }
  if (auto* create = std::get_if<ast::CreateRole>(&statement(object(role).created).node)) create->name = to;
  binder_.names.rename(role, {{}, to});
}

/// What a role that is dropped again was given. It owns nothing when it is dropped: another owner came after.
void History::erase_role(ast::Statement& user, const std::string& role, const ast::Statement& by) {
  const auto is_it = [&](const ast::Role& one) {
    return one.kind == ast::Role::Kind::named && one.name == role;
  };
  if (auto* grant = std::get_if<ast::Grant>(&user.node)) {
    std::erase_if(grant->grantees, is_it);
    if (is_it(grant->granted_by)) {
      grant->granted_by = {};
      grant->has_granted_by = false;
    }
    if (grant->grantees.empty()) return leave_out(user, by);
  } else if (auto* members = std::get_if<ast::GrantRole>(&user.node)) {
    std::erase_if(members->members, is_it);
    std::erase(members->roles, role);
    if (is_it(members->granted_by)) {
      members->granted_by = {};
      members->has_granted_by = false;
    }
    if (members->members.empty() || members->roles.empty()) return leave_out(user, by);
  } else if (auto* defaults = std::get_if<ast::AlterDefaultPrivileges>(&user.node)) {
    const bool of_roles = !defaults->for_roles.empty();
    std::erase_if(defaults->grant.grantees, is_it);
    std::erase_if(defaults->for_roles, is_it);
    if (defaults->grant.grantees.empty() || (of_roles && defaults->for_roles.empty()))
      return leave_out(user, by);
  } else if (auto* policy = std::get_if<ast::CreatePolicy>(&user.node)) {
    std::erase_if(policy->roles, is_it);
    // Without a role the policy would be everyone's.
    if (policy->roles.empty())
      return erase(binder_.names.find_in(policy->table.object, ObjectKind::policy, policy->name), by);
  } else if (auto* schema = std::get_if<ast::CreateSchema>(&user.node)) {
    if (schema->name.empty()) schema->name = schema->owner.name;
    schema->owner = {};
    schema->has_owner = false;
  } else if (auto* alter = std::get_if<ast::AlterTable>(&user.node)) {
    return erase_commands(user, *alter, by, [&](const ast::AlterCommand& command) {
      const auto* owner = std::get_if<ast::OwnerTo>(&command);
      return owner != nullptr && is_it(owner->role);
    });
  } else if (std::holds_alternative<ast::AlterOwner>(user.node) ||
             std::holds_alternative<ast::AlterRole>(user.node) ||
             std::holds_alternative<ast::Comment>(user.node)) {
    return leave_out(user, by);
  } else {
    return;
  }
  context_.rewritten(user);
}

}  // namespace pg2crdb::bind
