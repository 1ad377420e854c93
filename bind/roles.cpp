// Roles that a script renames, or drops again: what they owned and were given.
#include <algorithm>

#include "ast/signature.h"
#include "bind/history.h"
#include "bind/tree_edit.h"
#include "parser/sql_tokens.h"

namespace pg2crdb::bind {

using ast::ObjectKind;

std::vector<ast::GrantRole> take_memberships(ast::CreateRole& create) {
  std::vector<ast::GrantRole> grants;
  std::erase_if(create.options, [&](const ast::Option& option) {
    const bool member_of = option.name == "IN ROLE";
    if (!member_of && option.name != "ROLE" && option.name != "ADMIN") return false;
    ast::GrantRole& grant = grants.emplace_back();
    grant.roles = {member_of ? option.value : create.name};
    grant.members = {{ast::Role::Kind::named, member_of ? create.name : option.value}};
    if (option.name == "ADMIN") grant.options = {{"ADMIN", "true", true, false}};
    return true;
  });
  return grants;
}

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
  const auto rename = [&](auto& roles) {
    for (auto& [id, name] : roles) {
      if (name == from) name = to;
    }
  };
  rename(owners_);
  rename(creators_);
  rename(grantors_);
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
    if (!is_it(schema->owner)) return;
    if (schema->name.empty()) schema->name = schema->owner.name;
    schema->owner = {};
    schema->has_owner = false;
  } else if (auto* alter = std::get_if<ast::AlterTable>(&user.node)) {
    return erase_commands(user, *alter, by, [&](const ast::AlterCommand& command) {
      const auto* owner = std::get_if<ast::OwnerTo>(&command);
      return owner != nullptr && is_it(owner->role);
    });
  } else if (const auto* owned = std::get_if<ast::AlterOwner>(&user.node)) {
    if (is_it(owned->role)) leave_out(user, by);
    return;
  } else if (std::holds_alternative<ast::AlterRole>(user.node) ||
             std::holds_alternative<ast::Comment>(user.node)) {
    return leave_out(user, by);
  } else {
    return;
  }
  context_.rewritten(user);
}

namespace {

/// DROP OWNED BY a, b CASCADE and REASSIGN OWNED BY a, b TO c.
struct OwnedBy {
  std::vector<std::string> roles;
  ast::Role to;
  bool cascade = false;
};

std::optional<OwnedBy> owned_by(const std::string& text) {
  std::string error;
  const std::optional<std::vector<transform::Token>> tokens = transform::scan_sql(text, error);
  if (!tokens) return std::nullopt;
  const auto is_keyword = [](const transform::Token& token) {
    return token.is("current_user") || token.is("current_role") || token.is("session_user");
  };
  OwnedBy owned;
  size_t at = 3;
  for (; at < tokens->size() && (*tokens)[at].is_name() && !is_keyword((*tokens)[at]); ++at) {
    owned.roles.push_back((*tokens)[at].name());
    if (at + 1 >= tokens->size() || (*tokens)[at + 1].text != ",") break;
    ++at;
  }
  ++at;
  if (owned.roles.empty() || at > tokens->size()) return std::nullopt;
  if (at == tokens->size()) return owned;
  owned.cascade = (*tokens)[at].is("cascade");
  if (!(*tokens)[at].is("to")) return owned;
  if (++at >= tokens->size()) return std::nullopt;
  if (is_keyword((*tokens)[at])) {
    owned.to.kind = ast::Role::Kind::current_user;
  } else {
    owned.to.name = (*tokens)[at].name();
  }
  return owned;
}

}  // namespace

/// What the role owns where a statement that says so stands in the output. Nothing where more may be its own.
std::optional<std::vector<ObjectId>> History::owned_objects(const std::string& role,
                                                            const ast::Statement& by) {
  const ObjectId id = binder_.names.find(ObjectKind::role, {{}, role}, {});
  if (id == ast::no_object || !object(id).made_here()) return std::nullopt;
  const auto unread = [&](const ast::Statement& one) {
    return one.id < by.id && one.fate == ast::Fate::needs_person && is_text(one.node);
  };
  const auto left = [&](ast::StatementId user) { return statement(user).fate == ast::Fate::needs_person; };
  const std::vector<ast::StatementId>& users = binder_.users(id);
  const std::deque<ast::Statement>& all = context_.script.statements;
  if (std::any_of(users.begin(), users.end(), left) || std::any_of(all.begin(), all.end(), unread))
    return std::nullopt;
  std::vector<ObjectId> owned;
  for (const auto& [one, owner] : owners_) {
    if (owner == role && object(one).stands()) owned.push_back(one);
  }
  return owned;
}

/// The statements that made the role the object's owner make another its owner.
void History::give_to(ObjectId id, const std::string& from, const ast::Role& to, const ast::Statement& by) {
  const auto give = [&](ast::Role& owner, ast::StatementId user) {
    if (owner.kind != ast::Role::Kind::named || owner.name != from) return;
    owner = to;
    const ObjectId role = binder_.names.find(ObjectKind::role, {{}, to.name}, {});
    if (role != ast::no_object) binder_.note_use(role, user);
    context_.rewritten(statement(user));
  };
  for (const ast::StatementId user : binder_.users(id)) {
    ast::Statement& one = statement(user);
    if (!is_before(user, by) || !one.live()) continue;
    if (auto* alter = std::get_if<ast::AlterTable>(&one.node)) {
      for (ast::AlterCommand& command : alter->commands) {
        auto* owner = std::get_if<ast::OwnerTo>(&command);
        if (owner != nullptr && alter->name.object == id) give(owner->role, user);
      }
    } else if (auto* owner = std::get_if<ast::AlterOwner>(&one.node)) {
      if (owner->object.name.object == id) give(owner->role, user);
    }
  }
  ast::Statement* created = object(id).made_here() ? &statement(object(id).created) : nullptr;
  if (auto* schema = created == nullptr ? nullptr : std::get_if<ast::CreateSchema>(&created->node);
      schema != nullptr && schema->has_owner) {
    if (schema->name.empty()) schema->name = schema->owner.name;
    give(schema->owner, created->id);
  }
  change_owner(id, to, by);
}

void History::drop_owned(ObjectId id, bool cascade, const ast::Statement& by) {
  const ast::Object& gone = object(id);
  if (!gone.stands() || gone.kind == ObjectKind::database || gone.kind == ObjectKind::tablespace) return;
  ast::Drop drop;
  drop.kind = gone.kind;
  drop.cascade = cascade;
  ast::ObjectRef& reference = drop.objects.emplace_back();
  reference.kind = gone.kind;
  reference.name = gone.name;
  const auto* function =
      gone.made_here() ? std::get_if<ast::CreateFunction>(&statement(gone.created).node) : nullptr;
  if (function != nullptr) {
    reference.has_arguments = true;
    reference.arguments = ast::argument_types(*function);
  }
  take(context_.add(std::move(drop), by, ast::Phase::post_data));
}

/// True where all that the roles own, and are granted, is known: it is made as it ends up.
bool History::follow_owned(ast::Statement& statement, const ast::Opaque& opaque) {
  const bool drops = opaque.kind == "DROP OWNED";
  if (!drops && opaque.kind != "REASSIGN OWNED") return false;
  std::optional<OwnedBy> owned = owned_by(opaque.text);
  if (!owned) return false;
  std::vector<std::pair<std::string, std::vector<ObjectId>>> objects;  // by role
  for (const std::string& role : owned->roles) {
    std::optional<std::vector<ObjectId>> of_role = owned_objects(role, statement);
    const auto granted = [&](const auto& one) { return one.second == role; };
    if (!of_role || (drops && std::any_of(grantors_.begin(), grantors_.end(), granted))) return false;
    std::sort(of_role->begin(), of_role->end());
    objects.emplace_back(role, std::move(*of_role));
  }
  const std::string& session = binder_.session().role();
  if (owned->to.kind != ast::Role::Kind::named && !session.empty())
    owned->to = {ast::Role::Kind::named, session};
  for (const auto& [role, ids] : objects) {
    for (const ObjectId id : ids) {
      if (drops) {
        drop_owned(id, owned->cascade, statement);
      } else {
        give_to(id, role, owned->to, statement);
      }
    }
    if (!drops) continue;
    for (const ast::StatementId id :
         std::vector(binder_.users(binder_.names.find(ObjectKind::role, {{}, role}, {})))) {
      ast::Statement& user = this->statement(id);
      const ast::StatementNode& node = user.node;
      const bool gives = std::holds_alternative<ast::Grant>(node) ||
                         std::holds_alternative<ast::AlterDefaultPrivileges>(node) ||
                         std::holds_alternative<ast::CreatePolicy>(node);
      if (gives && user.live() && is_before(id, statement)) erase_role(user, role, statement);
    }
  }
  context_.drop(statement, drops ? "what the role owned and was granted is not made"
                                 : "what the role owned is made as the other's");
  return true;
}

}  // namespace pg2crdb::bind
