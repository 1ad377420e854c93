// BEGIN and COMMIT around schema changes. CockroachDB commits an open transaction before each of them (by
// default from 25.1; before, some are refused in it), so in phases, where every statement runs on its own,
// the words go. Where the script's order is kept they stay, and what they do not hold is said. DDL facts 15,
// observed 06.
#include "rewrite/pass.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ast/describe.h"
#include "bind/session.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"transaction-not-atomic", Severity::warning, "statements",
     "each schema change is a job of its own in CockroachDB: what stands between BEGIN and COMMIT is no unit",
     "Make sure that the migration can go on where it stopped, or put each schema change into a file of its "
     "own."},
    {"transaction-refused", Severity::error, "statements",
     "the target release refuses this statement inside a transaction",
     "Move it behind COMMIT, or compile for 25.1 or newer, which commit before it."},
    {"local-setting", Severity::error, "settings",
     "SET LOCAL ends with the transaction, which CockroachDB commits before the next schema change",
     "Write SET, and RESET behind COMMIT."},
};
enum : size_t { transaction_not_atomic, transaction_refused, local_setting };

bool changes_schema(const ast::Statement& statement) {
  const ast::StatementNode& node = statement.node;
  if (const auto* opaque = std::get_if<ast::Opaque>(&node))
    return opaque->kind.starts_with("CREATE") || opaque->kind.starts_with("ALTER");
  return !std::holds_alternative<ast::SelectStatement>(node) && ast::changed_table(node) == nullptr &&
         !std::holds_alternative<ast::SetVariable>(node) && !std::holds_alternative<ast::DoBlock>(node) &&
         !std::holds_alternative<ast::MetaCommand>(node) && !std::holds_alternative<ast::CopyFrom>(node) &&
         !std::holds_alternative<ast::Transaction>(node);
}

/// Refused where the transaction is not committed before it.
bool only_outside(const ast::StatementNode& node) {
  const auto* comment = std::get_if<ast::Comment>(&node);
  return std::holds_alternative<ast::CreateTrigger>(node) ||
         std::holds_alternative<ast::RefreshMaterializedView>(node) ||
         (comment != nullptr && comment->object.kind == ast::ObjectKind::type);
}

/// What SET or set_config sets.
struct Setting {
  std::string name;
  bool local = false;
  size_t target = none;  ///< of SELECT: the one that calls set_config

  static constexpr size_t none = static_cast<size_t>(-1);
};

std::vector<Setting> settings_of(const ast::StatementNode& node) {
  std::vector<Setting> settings;
  if (const auto* set = std::get_if<ast::SetVariable>(&node)) settings.push_back({set->name, set->local});
  const auto* select = std::get_if<ast::SelectStatement>(&node);
  for (size_t i = 0; select != nullptr && i < select->query->targets.size(); ++i) {
    if (const auto set = bind::configured_setting(select->query->targets[i]))
      settings.push_back({set->name, set->local, i});
  }
  return settings;
}

/// What the session has set, by name; a setting that is not among them is as the connection began.
using Settings = std::map<std::string, ast::StatementNode>;

/// What is set locally is set for the session, and behind COMMIT what held before it.
void outlast(PassContext& context, ast::Statement& statement, const Setting& setting,
             const ast::Statement& commit, const Settings& before, std::set<std::string>& restored) {
  if (auto* set = std::get_if<ast::SetVariable>(&statement.node)) {
    set->local = false;
  } else {
    ast::Expr& called = *std::get<ast::SelectStatement>(statement.node).query->targets[setting.target].expr;
    std::get<ast::FunctionCall>(called.node).arguments[2].node =
        ast::Literal{ast::Literal::Kind::boolean, "false"};
  }
  context.rewritten(statement);
  if (!restored.insert(setting.name).second) return;
  ast::SetVariable reset;
  reset.kind = ast::SetVariable::Kind::reset;
  reset.name = setting.name;
  const auto found = before.find(setting.name);
  context.add(found == before.end() ? reset : found->second, commit, ast::Phase::pre_data);
}

/// What stands between a BEGIN and its COMMIT, or the end of the file.
void look(PassContext& context, const ast::Statement& begin, const std::vector<ast::Statement*>& inside,
          const ast::Statement* commit, const Settings& before) {
  std::set<std::string> restored;
  const bool commits = context.target.has(Capability::autocommit_before_ddl_by_default);
  const ast::Statement* changes = nullptr;
  for (auto it = inside.rbegin(); it != inside.rend(); ++it) {
    ast::Statement& statement = **it;
    const std::string object = ast::statement_object(statement.node);
    if (changes_schema(statement)) changes = &statement;
    if (!commits && only_outside(statement.node))
      context.report(rules[transaction_refused], statement, object,
                     "`" + ast::statement_kind(statement.node) + "` is refused inside a transaction");
    if (!commits || changes == nullptr) continue;
    for (const Setting& set : settings_of(statement.node)) {
      if (!set.local) continue;
      if (commit != nullptr && begin.live()) {
        outlast(context, statement, set, *commit, before, restored);
      } else {
        const std::string what = set.target == Setting::none ? "`SET LOCAL " : "what set_config says of `";
        context.report(rules[local_setting], statement, object,
                       what + set.name + "` ends before the `" + ast::statement_kind(changes->node) +
                           "` in " + PassContext::line_of(*changes));
      }
    }
  }
  // One that is not in the output is the migration tool's, or psql's.
  if (changes != nullptr && inside.size() > 1)
    context.report(rules[transaction_not_atomic], begin, {},
                   "the " + std::to_string(inside.size()) + " statements of this transaction" +
                       (begin.live() ? "" : ", which the tool that runs the file begins,") +
                       " are no unit in CockroachDB");
}

void run(PassContext& context) {
  const ast::Statement* begin = nullptr;
  std::vector<ast::Statement*> inside;
  Settings settings;
  SessionNumber session{};
  const auto end = [&](const ast::Statement* commit) {
    if (begin != nullptr) look(context, *begin, inside, commit, settings);
    begin = nullptr;
    inside.clear();
  };
  const size_t count = context.script.statements.size();  // what is added restores settings
  for (size_t i = 0; i < count; ++i) {
    ast::Statement& statement = context.script.statements[i];
    const auto* words = std::get_if<ast::Transaction>(&statement.node);
    if (!context.options.in_order) {
      if (words != nullptr && statement.live())
        context.drop(statement, "transaction control: each statement runs on its own");
      continue;
    }
    if (session_of(statement.span) != session) {
      end(nullptr);
      settings.clear();
      session = session_of(statement.span);
    }
    if (words != nullptr) {
      end(statement.live() ? &statement : nullptr);
      if (words->command != "COMMIT" && words->command != "ROLLBACK") begin = &statement;
    } else if (statement.live()) {
      inside.push_back(&statement);
      for (const Setting& set : settings_of(statement.node)) {
        if (!set.local) settings[set.name] = statement.node;
      }
    }
  }
  end(nullptr);
}

}  // namespace

extern const Pass transaction_control;
const Pass transaction_control = {
    .name = "transaction-control",
    .category = "statements",
    .fidelity = Fidelity::changes_behaviour,
    .summary =
        "drops BEGIN and COMMIT; where the script's order is kept, says what they do not hold together",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
