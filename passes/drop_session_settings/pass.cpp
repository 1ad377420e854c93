// The SET lines of a dump's header, psql's backslash lines and BEGIN/COMMIT belong to the session that
// restores. Each CockroachDB release accepts another subset of them, none is needed, so none is kept. What
// such a line would have meant for the objects after it is said.
#include "rewrite/pass.h"

#include <algorithm>
#include <string_view>

namespace pg2crdb {
namespace {

constexpr Rule rules[] = {
    {"session-setting", Severity::warning, "settings",
     "a session setting that pg_dump does not write; it may change what the statements after it mean",
     "Check whether the statements that follow rely on it, and set it on the role or the database if so."},
    {"psql-connect", Severity::warning, "settings",
     "the dump changes to another database in the middle; the output goes to one database",
     "Compile each database's part on its own, or give its own --target to each."},
    {"psql-command", Severity::warning, "settings", "a psql command that CockroachDB's server cannot run",
     "Do by hand what the command did, or remove it from the file."},
};

/// Settings that pg_dump itself writes (any version), and kin that only concern the restoring session.
constexpr std::string_view harmless[] = {
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "transaction_timeout",
    "client_encoding",
    "standard_conforming_strings",
    "search_path",
    "check_function_bodies",
    "xmloption",
    "client_min_messages",
    "row_security",
    "default_tablespace",
    "default_table_access_method",
    "default_with_oids",
    "escape_string_warning",
    "bytea_output",
    "extra_float_digits",
    "datestyle",
    "intervalstyle",
    "timezone",
    "synchronous_commit",
    "synchronize_seqscans",
    "quote_all_identifiers",
    "session_replication_role",
};

std::string first_literal(const ast::SetVariable& set) {
  if (set.values.empty()) return {};
  const auto* literal = std::get_if<ast::Literal>(&set.values[0].node);
  return literal == nullptr ? std::string() : literal->text;
}

void run_set(PassContext& context, ast::Statement& statement, const ast::SetVariable& set) {
  const bool known = std::find(std::begin(harmless), std::end(harmless), set.name) != std::end(harmless);
  const bool with_oids =
      set.name == "default_with_oids" && first_literal(set) != "false" && first_literal(set) != "off";
  if (set.kind != ast::SetVariable::Kind::reset && set.kind != ast::SetVariable::Kind::reset_all &&
      (!known || with_oids)) {
    context.report(rules[0], statement, set.name, "`SET " + set.name + "` is not carried over");
  }
  context.drop(statement, "session setting");
}

void run_meta_command(PassContext& context, ast::Statement& statement, std::string_view text) {
  const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
  if (word == "\\connect" || word == "\\c") {
    context.report(rules[1], statement, {},
                   "`" + std::string(text.substr(0, text.find_first_of("\r\n"))) +
                       "` is left out: what follows goes to the same database");
  } else if (word != "\\restrict" && word != "\\unrestrict" && word != "\\." && word != "\\encoding" &&
             word != "\\echo") {
    context.report(rules[2], statement, {}, "psql's `" + std::string(word) + "` is left out");
  }
  context.drop(statement, "psql command");
}

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    if (const auto* set = std::get_if<ast::SetVariable>(&statement.node)) {
      run_set(context, statement, *set);
    } else if (const auto* command = std::get_if<ast::MetaCommand>(&statement.node)) {
      run_meta_command(context, statement, command->text);
    } else if (std::holds_alternative<ast::Transaction>(statement.node)) {
      context.drop(statement, "transaction control: each statement runs on its own");
    } else if (const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
               opaque != nullptr && opaque->kind == "empty") {
      context.drop(statement, "empty statement");
    }
  }
}

}  // namespace

extern const Pass drop_session_settings;
const Pass drop_session_settings = {
    .name = "drop-session-settings",
    .category = "settings",
    .fidelity = Fidelity::exact,
    .summary = "drops the SET header, psql commands and transaction control",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
