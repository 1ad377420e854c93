// One privilege that CockroachDB does not know refuses a whole GRANT. So each list is filtered, as are the
// options of memberships, and a statement with nothing left is dropped. What was taken off is said: it is
// access that somebody had.
#include "rewrite/pass.h"

#include <algorithm>
#include <optional>

#include "ast/describe.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"privilege-refused", Severity::info, "privileges", "CockroachDB has no such privilege",
     "Nothing to do where it only came with others; TRUNCATE needs DROP in CockroachDB, REFERENCES needs "
     "CREATE."},
    {"membership-options", Severity::warning, "privileges",
     "members of a role always have its privileges at once in CockroachDB, and may SET ROLE to it",
     "See that nobody gets by it what was kept from them; else take the membership out."},
};

/// The capability that the privilege needs; nothing for those that every release knows.
std::optional<Capability> needed(const std::string& privilege) {
  if (privilege == "REFERENCES") return Capability::references_privilege;
  if (privilege == "TRUNCATE") return Capability::truncate_privilege;
  if (privilege == "TRIGGER") return Capability::trigger_privilege;
  if (privilege == "MAINTAIN") return Capability::maintain_privilege;
  if (privilege == "TEMPORARY" || privilege == "TEMP") return Capability::temporary_privilege;
  return std::nullopt;
}

bool is_off(const ast::GrantRole& grant, std::string_view name) {
  return std::ranges::any_of(grant.options, [&](const ast::Option& option) {
    return option.name == name && option.value == "false";
  });
}

class Filter {
 public:
  Filter(PassContext& context, ast::Statement& statement) : context_(context), statement_(statement) {}

  /// False where nothing is left to say.
  bool run(ast::Grant& grant) {
    const std::string object = ast::statement_object(statement_.node);
    const bool no_such_objects = grant.kind == ast::ObjectKind::large_object;
    std::string refused;
    std::erase_if(grant.privileges, [&](const ast::Privilege& privilege) {
      const std::optional<Capability> capability = needed(privilege.name);
      if (!no_such_objects && (!capability || context_.target.has(*capability))) return false;
      refused += (refused.empty() ? "" : ", ") + privilege.name;
      return true;
    });
    if (!refused.empty()) {
      // Default privileges of all schemas are of no object.
      const std::string on = no_such_objects  ? " on large objects"
                             : object.empty() ? ""
                                              : " on `" + object + "`";
      context_.report(rules[0], statement_, object, refused + on + " is left out");
      context_.rewritten(statement_);
    }
    return !grant.privileges.empty();
  }

  bool run(ast::GrantRole& grant) {
    // REVOKE takes an option away, which is written as its value `false`; CockroachDB knows ADMIN alone.
    const bool inherits = !is_off(grant, "INHERIT");
    const bool sets = !is_off(grant, "SET");
    const bool is_admins = grant.options.size() == 1 && grant.options.front().name == "ADMIN";
    const bool takes_option = !grant.grant && !grant.options.empty() && !is_admins;
    const size_t before = grant.options.size();
    std::erase_if(grant.options, [&](const ast::Option& option) {
      return option.name != "ADMIN" || (grant.grant && option.value == "false");
    });
    if (grant.options.size() < before) context_.rewritten(statement_);
    if (inherits && sets) return true;
    const std::string which = std::string(inherits ? "SET" : sets ? "INHERIT" : "INHERIT and SET");
    const bool nothing_left = takes_option || !(inherits || sets);
    context_.report(rules[1], statement_, ast::statement_object(statement_.node),
                    takes_option   ? "the option " + which + " cannot be taken away: REVOKE is left out"
                    : nothing_left ? "a membership without INHERIT and SET gives no privilege: it is left out"
                    : inherits     ? "a membership WITH SET FALSE becomes one that allows SET ROLE"
                                   : "a membership WITH INHERIT FALSE becomes one that inherits");
    return !nothing_left;
  }

 private:
  PassContext& context_;
  ast::Statement& statement_;
};

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    Filter filter(context, statement);
    bool anything = true;
    if (auto* grant = std::get_if<ast::Grant>(&statement.node)) {
      anything = filter.run(*grant);
    } else if (auto* role = std::get_if<ast::GrantRole>(&statement.node)) {
      anything = filter.run(*role);
    } else if (auto* defaults = std::get_if<ast::AlterDefaultPrivileges>(&statement.node)) {
      anything = filter.run(defaults->grant);
    }
    if (!anything) context.drop(statement, "no privilege is left that CockroachDB knows");
  }
}

}  // namespace

extern const Pass filter_privileges;
const Pass filter_privileges = {
    .name = "filter-privileges",
    .category = "privileges",
    .fidelity = Fidelity::loses,
    .summary = "takes privileges and options out of GRANT and REVOKE that CockroachDB does not know",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
