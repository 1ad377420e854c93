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

namespace pg2crdb {
namespace {

constexpr Rule rules[] = {
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
  return !std::holds_alternative<ast::SelectStatement>(node) &&
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

/// What the session has set, by name; a setting that is not among them is as the connection began.
using Settings = std::map<std::string, ast::SetVariable>;

/// SET LOCAL as SET, and behind COMMIT what held before it.
void outlast(PassContext& context, ast::Statement& statement, const ast::Statement& commit,
             const Settings& before, std::set<std::string>& restored) {
  auto& set = std::get<ast::SetVariable>(statement.node);
  set.local = false;
  context.rewritten(statement);
  if (!restored.insert(set.name).second) return;
  ast::SetVariable again;
  again.kind = ast::SetVariable::Kind::reset;
  again.name = set.name;
  const auto found = before.find(set.name);
  context.add(found == before.end() ? again : found->second, commit, ast::Phase::pre_data);
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
    const auto* set = std::get_if<ast::SetVariable>(&statement.node);
    if (!commits || set == nullptr || !set->local || changes == nullptr) continue;
    if (commit != nullptr && begin.live()) {
      outlast(context, statement, *commit, before, restored);
    } else {
      context.report(rules[local_setting], statement, object,
                     "`SET LOCAL " + set->name + "` ends before the `" + ast::statement_kind(changes->node) +
                         "` in " + PassContext::line_of(*changes));
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
  uint32_t file = 0;
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
    if (statement.span.file != file) {
      end(nullptr);
      settings.clear();
      file = statement.span.file;
    }
    if (words != nullptr) {
      end(statement.live() ? &statement : nullptr);
      if (words->command != "COMMIT" && words->command != "ROLLBACK") begin = &statement;
    } else if (statement.live()) {
      inside.push_back(&statement);
      const auto* set = std::get_if<ast::SetVariable>(&statement.node);
      if (set != nullptr && !set->local) settings[set->name] = *set;
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
