// Settings of roles and databases. CockroachDB has such settings, too, for the variables that it has; those
// that change what a query means or how long it may run are kept. Release facts 2.10, DDL facts 3.
#include "rewrite/pass.h"

#include <algorithm>
#include <iterator>

#include "bind/settings.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"role-setting", Severity::info, "statements",
     "a setting of a role or a database, for a variable that CockroachDB does not have or need",
     "Nothing to do, where nothing of the application depends on it."},
    {"database-setting", Severity::warning, "statements",
     "a setting of the source's database, by its name; the output goes into the one that the target names",
     "Set the same on the target's database by hand, with its name in the statement."},
    {"role-setting-lost", Severity::warning, "statements",
     "a setting of a role or a database that decides what the application's statements mean, and that "
     "CockroachDB "
     "does not have",
     "Look for what rests on it: let the application say it in each session, or write its statements without "
     "it."},
};
enum : size_t { role_setting, database_setting, role_setting_lost };

/// They mean in CockroachDB what they mean in PostgreSQL.
constexpr std::string_view kept[] = {
    "application_name",
    "bytea_output",
    "datestyle",
    "default_text_search_config",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "extra_float_digits",
    "idle_in_transaction_session_timeout",
    "intervalstyle",
    "lock_timeout",
    "search_path",
    "statement_timeout",
    "timezone",
    "transaction_timeout",
};

/// What they say is heard nowhere in CockroachDB.
constexpr std::string_view lost[] = {
    "array_nulls",
    "lc_monetary",
    "lc_numeric",
    "lc_time",
    "session_replication_role",
    "standard_conforming_strings",
    "transform_null_equals",
};

/// Settings of extensions that watch the server, and of services beside it: the database's queries read none
/// of them.
constexpr std::string_view watchers[] = {
    "auto_explain.", "cron.", "pg_stat_statements.", "pgaudit.", "pgrst.", "rds.", "supautils.",
};

/// CockroachDB has the order of day and month, and no style but ISO.
bool is_other_style(std::string_view variable, const std::string& text) {
  if (variable != "datestyle") return false;
  const std::string value = lower(text).substr(lower(text).find("datestyle"));
  constexpr std::string_view styles[] = {"german", "sql", "postgres"};
  return std::ranges::any_of(styles, [&](std::string_view style) { return value.find(style) != value.npos; });
}

/// A name with a dot is the application's own, which it asks for with current_setting().
bool is_lost(std::string_view variable, const std::string& text) {
  const auto is_its_own = [&](std::string_view prefix) { return variable.starts_with(prefix); };
  return std::ranges::find(lost, variable) != std::end(lost) || is_other_style(variable, text) ||
         (variable.find('.') != std::string_view::npos && std::ranges::none_of(watchers, is_its_own));
}

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
    if (opaque == nullptr || !statement.live()) continue;
    const std::optional<bind::Setting> setting = bind::setting_of(*opaque);
    if (!setting) continue;
    const std::string& variable = setting->variable;
    if (is_lost(variable, opaque->text)) {
      context.report(rules[role_setting_lost], statement, variable, "`" + opaque->text + "` is left out");
      context.drop(statement, "CockroachDB has no such setting");
      continue;
    }
    if (variable.empty() || std::ranges::find(kept, variable) != std::end(kept)) {
      if (!setting->of_database) continue;
      context.report(rules[database_setting], statement, variable, "`" + opaque->text + "` is left out");
      context.drop(statement, "it names the database of the source");
      continue;
    }
    context.report(rules[role_setting], statement, variable,
                   "`" + opaque->kind + "` of `" + variable + "` is left out");
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
