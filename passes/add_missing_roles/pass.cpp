// A dump names roles that it does not create: owners, grantees, roles of policies and default privileges. A
// fresh cluster knows root, admin and public, and refuses every statement that names another (42704). So each
// role that is missing is created, without login, in the roles phase.
//
// CockroachDB folds role names to lower case and takes letters, digits, `_`, `.` and `-` only; names outside
// of that are renamed, the same way everywhere, and said. Predefined roles (pg_...) have a reserved prefix:
// what is granted to them or owned by them is dropped.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <set>

#include "ast/describe.h"
#include "ast/walk.h"
#include "bind/policies.h"
#include "bind/settings.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"missing-role", Severity::info, "privileges", "the dump names a role that it does not create",
     "Nothing to do: it is created without login. Give it LOGIN and a password where somebody uses it."},
    {"role-renamed", Severity::warning, "privileges", "the role's name is not one that CockroachDB takes",
     "Use the new name in the application's connections."},
    {"predefined-role", Severity::info, "privileges",
     "predefined roles (pg_...) do not exist in CockroachDB and their prefix is reserved",
     "Grant to a role of your own what is needed."},
    {"owner-needs-create", Severity::info, "privileges",
     "in CockroachDB an owner has to have CREATE on the schema before it is given an object there",
     "Nothing to do; revoke the privilege afterwards where the owner should not create more."},
    {"role-option", Severity::warning, "privileges", "CockroachDB has no such role option",
     "Grant the role `admin`, or the system privilege that it needs."},
};

bool predefined(std::string_view role) {
  return role.starts_with("pg_");
}
bool exists_everywhere(std::string_view role) {
  return role == "root" || role == "admin" || role == "public";
}

std::string legal_name(std::string_view role) {
  std::string name;
  for (const char c : role) {
    if (c >= 'A' && c <= 'Z') {
      name += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-') {
      name += c;
    } else {
      name += '_';
    }
  }
  if (name.empty() || name[0] == '.' || name[0] == '-' || name == "none" || name == "node")
    name.insert(0, "role_");
  if (name.size() > 63) name.resize(63);
  return name;
}

/// Old name to new name, one to one.
class RoleNames {
 public:
  /// A role that needs no new name: no other one gets it.
  void keep(const std::string& role) {
    if (legal_name(role) == role) name(role);
  }

  const std::string& name(const std::string& role) {
    auto it = names_.find(role);
    if (it != names_.end()) return it->second;
    const std::string base = legal_name(role);
    std::string name = base;
    for (int i = 1; !taken_.insert(name).second; ++i) name = base + "_" + std::to_string(i);
    return names_.emplace(role, name).first->second;
  }

 private:
  std::map<std::string, std::string> names_;
  std::set<std::string> taken_;
};

/// Every role name of a statement, to be read or replaced.
template <class Function>
void for_each_role(ast::StatementNode& node, Function&& f) {
  ast::Visitor visitor;
  visitor.role = [&](ast::Role& role) {
    if (role.kind == ast::Role::Kind::named && !role.name.empty()) f(role.name);
  };
  walk(node, visitor);
  if (auto* create = std::get_if<ast::CreateRole>(&node)) f(create->name);
  if (auto* grant = std::get_if<ast::GrantRole>(&node)) {
    for (std::string& role : grant->roles) f(role);
  }
  if (auto* drop = std::get_if<ast::Drop>(&node); drop != nullptr && drop->kind == ast::ObjectKind::role) {
    for (ast::ObjectRef& role : drop->objects) f(role.name.name);
  }
  if (auto* opaque = std::get_if<ast::Opaque>(&node)) {
    if (const std::optional<bind::Setting> setting = bind::setting_of(*opaque);
        setting && !setting->role.empty()) {
      std::string role = setting->role;
      f(role);
      if (role != setting->role)
        opaque->text.replace(setting->role_begin, setting->role_end - setting->role_begin,
                             quote_identifier(role));
    }
    // What stays text keeps its words.
    if (const std::optional<ast::CreatePolicy> altered = bind::altered_policy(*opaque)) {
      ast::StatementNode policy = *altered;
      walk(policy, visitor);
    }
  }
}

void erase_predefined(std::vector<ast::Role>& roles) {
  std::erase_if(roles, [](const ast::Role& role) {
    return role.kind == ast::Role::Kind::named && predefined(role.name);
  });
}

/// True where nothing is left of the statement without its predefined roles.
bool without_predefined(ast::StatementNode& node) {
  if (auto* grant = std::get_if<ast::Grant>(&node)) {
    erase_predefined(grant->grantees);
    return grant->grantees.empty();
  }
  if (auto* grant = std::get_if<ast::GrantRole>(&node)) {
    std::erase_if(grant->roles, predefined);
    erase_predefined(grant->members);
    return grant->roles.empty() || grant->members.empty();
  }
  if (auto* defaults = std::get_if<ast::AlterDefaultPrivileges>(&node)) {
    erase_predefined(defaults->for_roles);
    erase_predefined(defaults->grant.grantees);
    return defaults->grant.grantees.empty();
  }
  if (auto* policy = std::get_if<ast::CreatePolicy>(&node)) {
    erase_predefined(policy->roles);
    return policy->roles.empty();
  }
  return true;
}

/// Options of CREATE ROLE that CockroachDB's grammar has no word for; their NO forms say nothing and go in
/// silence.
void strip_options(PassContext& context, ast::Statement& statement, const std::string& role,
                   std::vector<ast::Option>& options) {
  const size_t before = options.size();
  std::erase_if(options, [&](const ast::Option& option) {
    const bool bypass = option.name == "BYPASSRLS" && !context.target.has(Capability::bypassrls_option);
    const bool no_bypass = option.name == "NOBYPASSRLS" && !context.target.has(Capability::bypassrls_option);
    const bool unknown = option.name == "SUPERUSER" || option.name == "INHERIT" ||
                         option.name == "NOINHERIT" || option.name == "NOSUPERUSER" ||
                         option.name == "CONNECTION LIMIT" || option.name == "SYSID" || bypass || no_bypass;
    if (option.name == "SUPERUSER" || option.name == "NOINHERIT" || bypass ||
        (option.name == "CONNECTION LIMIT" && option.value != "-1")) {
      context.report(rules[4], statement, role, "role `" + role + "` has the option " + option.name);
    }
    return unknown;
  });
  if (options.size() < before) context.rewritten(statement);
}

/// GRANT CREATE ON SCHEMA for owners of objects in schemas that they do not own; `public` has it for
/// everybody.
class OwnersOfObjects {
 public:
  void see(const ast::StatementNode& node) {
    if (const auto* schema = std::get_if<ast::CreateSchema>(&node); schema != nullptr && schema->has_owner) {
      covered_.insert({schema->name, schema->owner.name});
    } else if (const auto* owner = std::get_if<ast::AlterOwner>(&node)) {
      if (owner->object.kind == ast::ObjectKind::schema) {
        covered_.insert({owner->object.name.name, owner->role.name});
      }
    } else if (const auto* grant = std::get_if<ast::Grant>(&node)) {
      see(*grant);
    }
  }

  void need(PassContext& context, ast::Statement& statement) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    const auto* owner = std::get_if<ast::AlterOwner>(&statement.node);
    if (alter != nullptr) {
      for (const ast::AlterCommand& command : alter->commands) {
        if (const auto* to = std::get_if<ast::OwnerTo>(&command))
          grant(context, statement, alter->name.schema, to->role);
      }
    } else if (owner != nullptr && owner->object.kind != ast::ObjectKind::schema &&
               owner->object.kind != ast::ObjectKind::collation) {
      grant(context, statement, owner->object.name.schema, owner->role);
    }
  }

 private:
  void see(const ast::Grant& grant) {
    const bool creates =
        std::any_of(grant.privileges.begin(), grant.privileges.end(), [](const ast::Privilege& privilege) {
          return privilege.name == "CREATE" || privilege.name == "ALL";
        });
    if (!grant.grant || grant.kind != ast::ObjectKind::schema || !creates) return;
    for (const ast::ObjectRef& object : grant.objects) {
      for (const ast::Role& role : grant.grantees) covered_.insert({object.name.name, role.name});
    }
  }

  void grant(PassContext& context, ast::Statement& statement, const std::string& schema,
             const ast::Role& role) {
    if (schema.empty() || schema == "public" || role.kind != ast::Role::Kind::named ||
        exists_everywhere(role.name) || !covered_.insert({schema, role.name}).second) {
      return;
    }
    context.report(rules[3], statement, schema,
                   "`" + role.name + "` is granted CREATE on schema `" + schema + "`");
    ast::Grant grant;
    grant.privileges = {{"CREATE", {}}};
    grant.kind = ast::ObjectKind::schema;
    ast::ObjectRef object;
    object.kind = ast::ObjectKind::schema;
    object.name.name = schema;
    grant.objects.push_back(std::move(object));
    grant.grantees.push_back(role);
    context.add(std::move(grant), statement, ast::Phase::post_data, Beside::before);
  }

  std::set<std::pair<std::string, std::string>> covered_;
};

void run(PassContext& context) {
  RoleNames names;
  OwnersOfObjects owners;
  std::set<std::string> created;
  for (ast::Statement& statement : context.script.statements) {
    if (auto* create = std::get_if<ast::CreateRole>(&statement.node); create != nullptr && statement.live()) {
      created.insert(create->name);
      if (!create->if_not_exists && !context.options.in_order) {
        create->if_not_exists = true;
        context.rewritten(statement);
      }
      strip_options(context, statement, create->name, create->options);
    } else if (auto* alter = std::get_if<ast::AlterRole>(&statement.node);
               alter != nullptr && statement.live()) {
      strip_options(context, statement, alter->role.name, alter->options);
      if (alter->options.empty()) context.drop(statement, "nothing is left of its options");
    }
  }

  for (ast::Statement& statement : context.script.statements) {
    if (statement.live()) for_each_role(statement.node, [&](const std::string& role) { names.keep(role); });
  }

  std::set<std::string> missing;
  const size_t count = context.script.statements.size();
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (!statement.live()) continue;
    std::set<std::string> roles;
    for_each_role(statement.node, [&](std::string& role) { roles.insert(role); });

    const auto reserved = std::find_if(roles.begin(), roles.end(), predefined);
    if (reserved != roles.end()) {
      context.report(rules[2], statement, ast::statement_object(statement.node),
                     "`" + *reserved + "` does not exist in CockroachDB: what names it is left out");
      if (without_predefined(statement.node)) {
        context.drop(statement, "names the predefined role " + *reserved);
        continue;
      }
      context.rewritten(statement);
    }
    for (const std::string& role : roles) {
      if (predefined(role)) continue;
      const std::string& name = names.name(role);
      if (name != role && missing.insert("renamed " + role).second) {
        context.report(rules[1], statement, role, "role `" + role + "` becomes `" + name + "`");
      }
      // Migrations make their roles, in another file perhaps, or expect them.
      if (context.options.in_order || std::holds_alternative<ast::Drop>(statement.node)) continue;
      if (!created.contains(role) && !exists_everywhere(name) && missing.insert(role).second) {
        context.report(rules[0], statement, role, "role `" + role + "` is not created by the dump");
        ast::CreateRole create;
        create.name = name;
        create.if_not_exists = true;
        context.add(std::move(create), statement, ast::Phase::roles);
      }
    }
    bool renamed = false;
    for_each_role(statement.node, [&](std::string& role) {
      const std::string& name = names.name(role);
      if (name == role) return;
      role = name;
      renamed = true;
    });
    if (renamed) context.rewritten(statement);
    owners.see(statement.node);
  }
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    if (statement.live()) owners.need(context, statement);
  }
}

}  // namespace

extern const Pass add_missing_roles;
const Pass add_missing_roles = {
    .name = "add-missing-roles",
    .category = "privileges",
    .fidelity = Fidelity::exact,
    .summary = "creates the roles that a fresh cluster lacks, and makes role names legal",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
