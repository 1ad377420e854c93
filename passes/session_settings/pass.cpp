// Settings of roles and databases. CockroachDB has such settings, too, for the variables that it has; those
// that change what a query means or how long it may run are kept. Release facts 2.10, DDL facts 3.
#include "rewrite/pass.h"

#include <algorithm>
#include <iterator>

#include "bind/settings.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"role-setting", Severity::info, "statements",
     "a setting of a role or a database, for a variable that CockroachDB does not have or need",
     "Nothing to do, where nothing of the application depends on it."},
    {"database-setting", Severity::warning, "statements",
     "a setting of the source's database, by its name; the output goes into the one that the target names",
     "Set the same on the target's database by hand, with its name in the statement."},
};

/// They mean in CockroachDB what they mean in PostgreSQL.
constexpr std::string_view kept[] = {
    "application_name",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "idle_in_transaction_session_timeout",
    "intervalstyle",
    "lock_timeout",
    "search_path",
    "statement_timeout",
    "timezone",
    "transaction_timeout",
};

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
    if (opaque == nullptr || !statement.live()) continue;
    const std::optional<bind::Setting> setting = bind::setting_of(*opaque);
    if (!setting) continue;
    const std::string& variable = setting->variable;
    if (variable.empty() || std::ranges::find(kept, variable) != std::end(kept)) {
      if (!setting->of_database) continue;
      context.report(rules[1], statement, variable, "`" + opaque->text + "` is left out");
      context.drop(statement, "it names the database of the source");
      continue;
    }
    context.report(rules[0], statement, variable, "`" + opaque->kind + "` of `" + variable + "` is left out");
    context.drop(statement, "CockroachDB has no such setting or does not need it");
  }
}

}  // namespace

extern const Pass session_settings;
const Pass session_settings = {
    .name = "session-settings",
    .category = "statements",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "keeps the settings of roles and databases that CockroachDB has, and leaves out the others",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
