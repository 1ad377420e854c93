// REVOKE ... CASCADE, which in PostgreSQL also takes what a role had granted on.
#include <algorithm>

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

}  // namespace pg2crdb::bind
