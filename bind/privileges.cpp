// Privileges that hang on who granted them, and on who owned the object.
#include <algorithm>
#include <utility>

#include "ast/signature.h"
#include "bind/history.h"

namespace pg2crdb::bind {

namespace {

bool same(const ast::Role& left, const ast::Role& right) {
  return left.kind == right.kind && left.name == right.name;
}

bool contains(const std::vector<ast::Role>& roles, const ast::Role& role) {
  return std::any_of(roles.begin(), roles.end(), [&](const ast::Role& one) { return same(one, role); });
}

bool share_privilege(const ast::Grant& left, const ast::Grant& right) {
  return std::any_of(left.privileges.begin(), left.privileges.end(), [&](const ast::Privilege& one) {
    return std::any_of(right.privileges.begin(), right.privileges.end(), [&](const ast::Privilege& other) {
      return one.name == other.name || one.name == "ALL" || other.name == "ALL";
    });
  });
}

}  // namespace

void History::note_grantor(const ast::Statement& statement, const ast::Grant& grant) {
  if (grant.has_granted_by && grant.granted_by.kind == ast::Role::Kind::named) {
    grantors_[statement.id] = grant.granted_by.name;
  } else if (!binder_.session().role().empty()) {
    grantors_[statement.id] = binder_.session().role();
  }
}

/// Earlier GRANTs of what the statement revokes, on one of its objects.
std::vector<ast::StatementId> History::granted_before(const ast::Statement& statement,
                                                      const ast::Grant& revoke) {
  std::vector<ast::StatementId> found;
  for (const ast::ObjectRef& object : revoke.objects) {
    for (const ast::StatementId id : binder_.users(object.name.object)) {
      const ast::Statement& user = this->statement(id);
      const auto* grant =
          is_before(id, statement) && user.live() ? std::get_if<ast::Grant>(&user.node) : nullptr;
      if (grant != nullptr && grant->grant && share_privilege(*grant, revoke)) found.push_back(id);
    }
  }
  return found;
}

/// CockroachDB does not know who granted: the roles that were granted on to lose it by name.
void History::revoke_cascade(ast::Statement& statement, ast::Grant& revoke) {
  if (grantors_.empty()) return;
  const std::vector<ast::StatementId> grants = granted_before(statement, revoke);
  const auto of = [&](ast::StatementId id) -> const ast::Grant& {
    return std::get<ast::Grant>(this->statement(id).node);
  };
  std::vector<ast::Role> roles = revoke.grantees;
  const auto granted_on = [&](ast::StatementId id) {
    const auto grantor = grantors_.find(id);
    return grantor != grantors_.end() && contains(roles, {ast::Role::Kind::named, grantor->second});
  };
  for (size_t before = 0; before < roles.size();) {
    before = roles.size();
    for (const ast::StatementId id : grants) {
      if (!granted_on(id)) continue;
      for (const ast::Role& role : of(id).grantees) {
        if (!contains(roles, role)) roles.push_back(role);
      }
    }
  }
  std::vector<ast::Role> lost(roles.begin() + static_cast<std::ptrdiff_t>(revoke.grantees.size()),
                              roles.end());
  std::erase_if(lost, [&](const ast::Role& role) {
    const bool keeps = std::any_of(grants.begin(), grants.end(), [&](ast::StatementId id) {
      return !granted_on(id) && contains(of(id).grantees, role);
    });
    if (keeps)
      report(revoke_keeps, statement, to_string(revoke.objects.front().name),
             "`" + role.name + "` was granted the privilege on `" + to_string(revoke.objects.front().name) +
                 "` by others too");
    return keeps;
  });
  if (lost.empty()) return;
  if (revoke.grant_option) {  // they lose it altogether
    ast::Grant whole = revoke;
    whole.grant_option = whole.cascade = false;
    whole.grantees = std::move(lost);
    context_.add(std::move(whole), statement, ast::Phase::post_data);
    return;
  }
  revoke.grantees.insert(revoke.grantees.end(), lost.begin(), lost.end());
  context_.rewritten(statement);
}

namespace {

bool speaks_of(const ast::AlterDefaultPrivileges& defaults, const std::string& creator,
               const std::string& schema) {
  const std::vector<std::string>& schemas = defaults.schemas;
  if (!schemas.empty() && std::find(schemas.begin(), schemas.end(), schema) == schemas.end()) return false;
  return defaults.for_roles.empty() ? creator.empty()
                                    : contains(defaults.for_roles, {ast::Role::Kind::named, creator});
}

}  // namespace

/// What an object was granted when it was created: in the output it is created by whoever runs that, and in
/// its last schema. To be asked at the end, when all stand where they end up.
void History::keep_default_privileges() {
  using Kind = ast::ObjectKind;
  std::map<ObjectId, std::string> others = moved_from_;  // by object: the schema that it was created in
  for (const auto& [id, creator] : creators_) others.try_emplace(id, object(id).name.schema);
  for (const auto& [id, schema] : others) {
    const ast::Object& one = object(id);
    ast::Statement& created = statement(one.created);
    if (!one.stands() || !created.live()) continue;
    const bool table =
        one.kind == Kind::table || one.kind == Kind::view || one.kind == Kind::materialized_view;
    ast::ObjectRef reference;
    reference.kind = table ? Kind::table : is_routine(one.kind) ? Kind::function : one.kind;
    reference.name = one.name;
    if (const auto* function = std::get_if<ast::CreateFunction>(&created.node)) {
      reference.has_arguments = true;
      reference.arguments = ast::argument_types(*function);
    }
    const auto creator = creators_.find(id);
    for (const ast::StatementId said : default_privileges_) {
      if (!statement(said).live() || !stands_before(statement(said).span, created.span)) continue;
      const auto& defaults = std::get<ast::AlterDefaultPrivileges>(statement(said).node);
      const bool was =
          speaks_of(defaults, creator == creators_.end() ? std::string() : creator->second, schema);
      const bool is = speaks_of(defaults, {}, one.name.schema);
      if (defaults.grant.kind != reference.kind || was == is || (is && !defaults.grant.grant)) continue;
      ast::Grant grant = defaults.grant;
      if (is) grant.grant = grant.grant_option = false;
      grant.objects = {reference};
      context_.add(std::move(grant), created, ast::Phase::post_data);
    }
  }
}

/// What the owner before was granted is the new one's, who has all anyway.
void History::change_owner(ObjectId id, const ast::Role& owner, const ast::Statement& by) {
  if (id == ast::no_object) return;
  const std::string before = std::exchange(owners_[id], owner.name);
  if (before.empty() || before == owner.name) return;
  const ast::Role old{ast::Role::Kind::named, before};
  for (const ast::StatementId user : std::vector(binder_.users(id))) {
    ast::Statement& one = statement(user);
    auto* grant = is_before(user, by) && one.live() ? std::get_if<ast::Grant>(&one.node) : nullptr;
    if (grant == nullptr || !grant->grant || !contains(grant->grantees, old)) continue;
    const auto object = std::find_if(grant->objects.begin(), grant->objects.end(),
                                     [&](const ast::ObjectRef& each) { return each.name.object == id; });
    if (object == grant->objects.end()) continue;
    ast::Grant rest = *grant;
    rest.objects = {*object};
    std::erase_if(rest.grantees, [&](const ast::Role& role) { return same(role, old); });
    grant->objects.erase(object);
    const std::string reason = before + " owned it until " + line_of(by.id);
    if (!grant->objects.empty()) {
      context_.rewritten(one);
      if (!rest.grantees.empty())
        binder_.note_use(id, context_.add(std::move(rest), one, ast::Phase::post_data).id);
    } else if (!rest.grantees.empty()) {
      *grant = std::move(rest);
      context_.rewritten(one);
    } else {
      grant->objects = std::move(rest.objects);
      context_.drop(one, reason);
    }
  }
}

}  // namespace pg2crdb::bind
