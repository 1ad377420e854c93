// CockroachDB has PostgreSQL's views of statistics, and nothing is in them: what asks them is told that
// nothing happened. Bodies in PL/pgSQL are looked at by their words.
#include "rewrite/pass.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "ast/describe.h"
#include "ast/walk.h"
#include "bind/queries.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"empty-catalog", Severity::warning, "functions", "CockroachDB has this view of pg_catalog, without rows",
     "Ask crdb_internal or SHOW STATISTICS instead, or leave the question out."},
};

/// cockroachdb/cockroach#67947, and the page pg_catalog of the documentation of 26.3: "(empty)".
constexpr std::string_view empty[] = {"pg_stat_all_indexes",      "pg_stat_all_tables",
                                      "pg_stat_archiver",         "pg_stat_bgwriter",
                                      "pg_stat_replication",      "pg_stat_slru",
                                      "pg_stat_subscription",     "pg_stat_sys_indexes",
                                      "pg_stat_sys_tables",       "pg_stat_user_functions",
                                      "pg_stat_user_indexes",     "pg_stat_user_tables",
                                      "pg_stat_wal_receiver",     "pg_stat_xact_all_tables",
                                      "pg_stat_xact_sys_tables",  "pg_stat_xact_user_functions",
                                      "pg_stat_xact_user_tables", "pg_statio_all_indexes",
                                      "pg_statio_all_sequences",  "pg_statio_all_tables",
                                      "pg_statio_sys_indexes",    "pg_statio_sys_sequences",
                                      "pg_statio_sys_tables",     "pg_statio_user_indexes",
                                      "pg_statio_user_sequences", "pg_statio_user_tables"};

/// Those that a text has as a word.
void find_words(const std::string& text, std::set<std::string>& found) {
  constexpr std::string_view prefix = "pg_stat";
  for (size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at + 1)) {
    size_t end = at;
    while (end < text.size() && in_name(text[end])) ++end;
    const std::string word = text.substr(at, end - at);
    if ((at == 0 || !in_name(text[at - 1])) && std::ranges::find(empty, word) != std::end(empty))
      found.insert(word);
  }
}

void run(PassContext& context) {
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live() || !bind::may_hold_query(statement.node)) continue;
    std::set<std::string> found;
    ast::Visitor look;
    look.table_ref = [&](ast::TableRef& table) {
      const bool is_catalog = table.name.schema.empty() || table.name.schema == "pg_catalog";
      if (is_catalog && std::ranges::find(empty, table.name.name) != std::end(empty))
        found.insert(table.name.name);
    };
    ast::walk(statement.node, look);
    if (const auto* function = std::get_if<ast::CreateFunction>(&statement.node);
        function != nullptr && function->language == "plpgsql" && !function->body.empty())
      find_words(function->body.front(), found);
    if (const auto* block = std::get_if<ast::DoBlock>(&statement.node)) find_words(block->body, found);
    const std::string object = ast::statement_object(statement.node);
    for (const std::string& name : found)
      context.report(rules[0], statement, object,
                     ast::statement_kind(statement.node) + (object.empty() ? "" : " `" + object + "`") +
                         " asks `" + name + "`, which is always empty");
  }
}

}  // namespace

extern const Pass empty_catalogs;
const Pass empty_catalogs = {
    .name = "empty-catalogs",
    .category = "functions",
    .fidelity = Fidelity::changes_behaviour,
    .summary = "finds questions to views of pg_catalog that have no rows in CockroachDB",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
