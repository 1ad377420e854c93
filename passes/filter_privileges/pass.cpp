// One privilege that CockroachDB does not know refuses a whole GRANT. So each list is filtered, clauses that
// are no syntax there are taken off, and a statement with nothing left is dropped. What was taken off is
// said: it is access that somebody had.
#include "rewrite/pass.h"

#include <algorithm>
#include <optional>

#include "ast/describe.h"

namespace pg2crdb {
namespace {

constexpr Rule rules[] = {
    {"privilege-refused", Severity::info, "privileges", "CockroachDB has no such privilege",
     "Nothing to do where it only came with others; TRUNCATE needs DROP in CockroachDB, REFERENCES needs "
     "CREATE."},
    {"column-privilege", Severity::warning, "privileges",
     "CockroachDB grants on whole tables, not on columns", "Grant on a view that shows these columns only."},
    {"grant-on-refused", Severity::warning, "privileges", "CockroachDB grants nothing on this kind of object",
     "Nothing to do where the object itself is not carried over."},
    {"grant-clause", Severity::info, "privileges",
     "a clause of GRANT or REVOKE that CockroachDB does not have",
     "Nothing to do: the statement runs without it."},
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

bool kind_accepted(ast::ObjectKind kind) {
  using Kind = ast::ObjectKind;
  return kind == Kind::table || kind == Kind::sequence || kind == Kind::schema || kind == Kind::database ||
         kind == Kind::type || kind == Kind::function || kind == Kind::procedure || kind == Kind::routine ||
         kind == Kind::view || kind == Kind::materialized_view;
}

class Filter {
 public:
  Filter(PassContext& context, ast::Statement& statement) : context_(context), statement_(statement) {}

  /// False where nothing is left to say.
  bool run(ast::Grant& grant) {
    const std::string object = ast::statement_object(statement_.node);
    if (!kind_accepted(grant.kind)) {
      context_.report(rules[2], statement_, object,
                      "privileges on a " + std::string(ast::keywords(grant.kind)) + " are left out");
      return false;
    }
    std::string refused;
    std::erase_if(grant.privileges, [&](const ast::Privilege& privilege) {
      const std::optional<Capability> capability = needed(privilege.name);
      if (!capability || context_.target.has(*capability)) return false;
      refused += (refused.empty() ? "" : ", ") + privilege.name;
      return true;
    });
    if (!refused.empty()) {
      context_.report(rules[0], statement_, object, refused + " on `" + object + "` is left out");
      context_.rewritten(statement_);
    }
    const size_t before = grant.privileges.size();
    std::erase_if(grant.privileges,
                  [](const ast::Privilege& privilege) { return !privilege.columns.empty(); });
    if (grant.privileges.size() < before) {
      context_.report(rules[1], statement_, object,
                      "privileges on single columns of `" + object + "` are left out");
      context_.rewritten(statement_);
    }
    strip_clauses(object, grant.has_granted_by, grant.cascade);
    return !grant.privileges.empty();
  }

  bool run(ast::GrantRole& grant) {
    const std::string object = ast::statement_object(statement_.node);
    // REVOKE takes an option away, which is written as its value `false`; CockroachDB knows ADMIN alone.
    const size_t before = grant.options.size();
    bool refused = false;
    std::erase_if(grant.options, [&](const ast::Option& option) {
      if (option.name == "ADMIN") return grant.grant && option.value == "false";
      if (!grant.grant || option.value == "false") {
        context_.report(rules[3], statement_, object,
                        "WITH " + option.name + " " + option.value + " is left out");
        refused = true;
      }
      return true;
    });
    if (grant.options.size() < before) context_.rewritten(statement_);
    strip_clauses(object, grant.has_granted_by, grant.cascade);
    return grant.grant || !refused;
  }

 private:
  void strip_clauses(const std::string& object, bool& granted_by, bool& cascade) {
    if (!granted_by && !cascade) return;
    context_.report(rules[3], statement_, object,
                    granted_by ? "GRANTED BY is left out" : "CASCADE behind REVOKE is left out");
    granted_by = cascade = false;
    context_.rewritten(statement_);
  }

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
      anything = defaults->grant.kind != ast::ObjectKind::large_object && filter.run(defaults->grant);
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
    .summary = "takes privileges and clauses out of GRANT and REVOKE that CockroachDB does not know",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
