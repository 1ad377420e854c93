// Row-level security came with 25.2. A policy's expressions may not hold a subquery. The one that is often
// there,
// `(SELECT auth.uid())`, only makes PostgreSQL call the function once a statement: it is the call itself.
// Others are left for a person. Where a table keeps its row security but not all of its policies, it shows
// fewer rows than before, so that is said.
#include "rewrite/pass.h"

#include <algorithm>
#include <map>
#include <set>

#include "ast/walk.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"row-level-security", Severity::error, "policies",
     "CockroachDB has row-level security from 25.2 on only: without it everybody with SELECT sees all rows",
     "Compile for a later release, or grant on views that show the right rows."},
    {"policy-subquery", Severity::error, "policies", "CockroachDB refuses subqueries in policies",
     "Move the subquery into a function, and call it in the policy."},
    {"policy-subquery-unwrapped", Severity::info, "policies",
     "a subquery of nothing but an expression is that expression",
     "Nothing to do where it is cheap. A function in it was called once a query in PostgreSQL, and is called "
     "for "
     "each row here."},
    {"policy-missing", Severity::warning, "policies",
     "a policy of the table needs a person, and row-level security denies what no policy allows",
     "Create the policy before the application connects."},
    {"view-owner", Severity::warning, "policies",
     "before CockroachDB 26.2 a view shows what the policies let its reader see; in PostgreSQL, what they "
     "let its "
     "owner see, unless it is a security_invoker view",
     "From 24.3.32, 25.2.18, 25.4.10 and 26.1.4 on, set the cluster setting "
     "sql.auth.skip_underlying_view_privilege_checks.enabled to false; or check what each reader may see."},
    {"policy-update", Severity::info, "policies",
     "CockroachDB asks the policies for SELECT of every UPDATE, and of INSERT ... ON CONFLICT DO NOTHING; "
     "PostgreSQL only "
     "where a column is read",
     "Nothing to do where who may change a row may see it."},
};
enum : size_t {
  row_level_security,
  policy_subquery,
  policy_subquery_unwrapped,
  policy_missing,
  view_owner,
  policy_update,
};

/// The expression of `SELECT expression`; null where the query does anything more.
const ast::Expr* only_expression(const ast::Query& query) {
  const bool more = !query.with.empty() || query.set_operation != ast::Query::SetOperation::none ||
                    !query.values.empty() || query.distinct || !query.distinct_on.empty() ||
                    !query.from.empty() || query.where || !query.group_by.empty() || query.having ||
                    query.limit || query.offset || !query.locking.empty();
  if (more || query.targets.size() != 1 || !query.targets[0].expr) return nullptr;
  return &*query.targets[0].expr;
}

class Adapter {
 public:
  Adapter(PassContext& context, ast::Statement& statement, ast::CreatePolicy& policy)
      : context_(context),
        statement_(statement),
        policy_(policy),
        object_(to_string(policy.table)),
        which_("policy `" + policy.name + "` of `" + object_ + "`") {}

  void run() {
    if (!context_.target.has(Capability::row_level_security)) {
      context_.report(rules[row_level_security], statement_, object_, which_ + " needs CockroachDB 25.2");
      context_.needs_person(statement_, "policies need 25.2");
      return;
    }
    if (context_.target.has(Capability::policy_subqueries)) return;
    if (policy_.using_) unwrap(*policy_.using_);
    if (policy_.with_check) unwrap(*policy_.with_check);
    if (unwrapped_) {
      context_.report(rules[policy_subquery_unwrapped], statement_, object_,
                      which_ + ": (SELECT expression) is written as the expression");
      context_.rewritten(statement_);
    }
    if (left_ < 0) return;
    context_.report(rules[policy_subquery], statement_, object_, which_ + " holds a subquery", left_);
    context_.needs_person(statement_, "it holds a subquery");
  }

 private:
  void unwrap(ast::Expr& root) {
    ast::Visitor visitor;
    visitor.expr = [this](ast::Expr& expr) {
      const auto* subquery = std::get_if<ast::Subquery>(&expr.node);
      if (subquery == nullptr) return;
      const ast::Expr* inner = subquery->kind == ast::Subquery::Kind::scalar && subquery->query
                                   ? only_expression(*subquery->query)
                                   : nullptr;
      if (inner == nullptr) {
        left_ = std::max(left_, std::max(expr.offset, 0));
        return;
      }
      ast::Expr copy = *inner;
      expr = std::move(copy);
      unwrapped_ = true;
    };
    walk(root, visitor);
  }

  PassContext& context_;
  ast::Statement& statement_;
  ast::CreatePolicy& policy_;
  std::string object_;
  std::string which_;
  bool unwrapped_ = false;
  int32_t left_ = -1;  ///< where a subquery is that stays one
};

void row_security(PassContext& context, ast::Statement& statement, const ast::AlterTable& alter,
                  const std::map<std::string, std::string>& missing) {
  const bool row = std::any_of(alter.commands.begin(), alter.commands.end(), [](const auto& command) {
    return std::holds_alternative<ast::RowSecurity>(command);
  });
  if (!row) return;
  const std::string object = to_string(alter.name);
  if (!context.target.has(Capability::row_level_security)) {
    context.report(rules[row_level_security], statement, object,
                   "row-level security of `" + object + "` needs CockroachDB 25.2");
    context.needs_person(statement, "row-level security needs 25.2");
    return;
  }
  const auto it = missing.find(key_of(alter.name));
  if (it == missing.end()) return;
  context.report(
      rules[policy_missing], statement, object,
      "`" + object + "` has row-level security, but its policy `" + it->second + "` needs a person");
}

/// Policies that let a role change rows by other conditions than those by which it sees them: told once.
void tell_updates(PassContext& context) {
  if (context.target.has(Capability::update_without_select_policies)) return;
  const ast::Statement* first = nullptr;
  std::set<std::string> tables;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node);
    if (policy == nullptr || !statement.live() || policy->command != "UPDATE") continue;
    if (first == nullptr) first = &statement;
    tables.insert(key_of(policy->table));
  }
  if (first == nullptr) return;
  const auto& policy = std::get<ast::CreatePolicy>(first->node);
  const std::string object = to_string(policy.table);
  const size_t others = tables.size() - 1;
  context.report(rules[policy_update], *first, object,
                 "policy `" + policy.name + "` of `" + object + "`" +
                     (others == 0   ? ""
                      : others == 1 ? ", as one of another table,"
                                    : ", as those of " + std::to_string(others) + " other tables,") +
                     " is for UPDATE, which the policies for SELECT limit, too");
}

/// Views over tables whose policies count.
void view_owners(PassContext& context) {
  if (context.target.has(Capability::view_owner_rights)) return;
  std::set<ast::ObjectId> secured;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter == nullptr || !statement.live()) continue;
    for (const ast::AlterCommand& command : alter->commands) {
      const auto* security = std::get_if<ast::RowSecurity>(&command);
      if (security != nullptr && security->action == ast::RowSecurity::Action::enable)
        secured.insert(alter->name.object);
    }
  }
  secured.erase(ast::no_object);
  if (secured.empty()) return;
  for (ast::Statement& statement : context.script.statements) {
    auto* view = std::get_if<ast::CreateView>(&statement.node);
    if (view == nullptr || !statement.live()) continue;
    const bool of_reader = std::ranges::any_of(
        view->options, [](const ast::Option& option) { return option.name == "security_invoker"; });
    std::set<ast::ObjectId> told;
    ast::Visitor visitor;
    visitor.table_ref = [&](ast::TableRef& table) {
      if (of_reader || !secured.contains(table.name.object) || !told.insert(table.name.object).second) return;
      context.report(rules[view_owner], statement, to_string(view->name),
                     "view `" + to_string(view->name) + "` reads `" + to_string(table.name) +
                         "`, whose policies are asked of who reads the view");
    };
    walk(*view->query, visitor);
  }
}

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    auto* policy = std::get_if<ast::CreatePolicy>(&statement.node);
    if (policy != nullptr && statement.live()) Adapter(context, statement, *policy).run();
  }
  tell_updates(context);
  std::map<std::string, std::string> missing;
  for (const ast::Statement& statement : context.script.statements) {
    const auto* policy = std::get_if<ast::CreatePolicy>(&statement.node);
    if (policy != nullptr && statement.fate == ast::Fate::needs_person)
      missing.emplace(key_of(policy->table), policy->name);
  }
  for (ast::Statement& statement : context.script.statements) {
    const auto* alter = std::get_if<ast::AlterTable>(&statement.node);
    if (alter != nullptr && statement.live()) row_security(context, statement, *alter, missing);
  }
  if (context.target.has(Capability::row_level_security)) view_owners(context);
}

}  // namespace

extern const Pass adapt_policies;
const Pass adapt_policies = {
    .name = "adapt-policies",
    .category = "policies",
    .fidelity = Fidelity::exact,
    .summary = "takes needless subqueries out of policies and holds back those that CockroachDB refuses",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
