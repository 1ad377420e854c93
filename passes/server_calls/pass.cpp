// Calls by which a script tells its server of the server's own things: pg_dump 18's statistics, object ids
// for an upgrade in place, where a distributed table's rows lie. CockroachDB has no such functions, and the
// schema is the same without them: they are left out, with one finding for all of a kind. DDL facts 11.3.
#include "rewrite/pass.h"

#include <array>
#include <map>

#include "ast/top_call.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"statement-not-needed", Severity::info, "statements",
     "a statement about PostgreSQL's own workings that CockroachDB does not take", "Nothing to do."},
};

struct Kind {
  std::string_view prefix;  ///< of the functions' names
  std::string_view what;
};

constexpr std::array kinds = {
    Kind{"pg_restore_relation_stats", "statistics: CockroachDB collects its own"},
    Kind{"pg_restore_attribute_stats", "statistics: CockroachDB collects its own"},
    Kind{"pg_restore_extended_stats", "statistics: CockroachDB collects its own"},
    Kind{"pg_clear_relation_stats", "statistics: CockroachDB collects its own"},
    Kind{"pg_clear_attribute_stats", "statistics: CockroachDB collects its own"},
    Kind{"binary_upgrade_", "numbers of objects, for an upgrade in place"},
    Kind{"timescaledb_pre_restore", "how TimescaleDB is restored"},
    Kind{"timescaledb_post_restore", "how TimescaleDB is restored"},
    Kind{"create_hypertable", "where rows of a hypertable lie: CockroachDB splits tables by itself"},
    Kind{"create_distributed_table",
         "where rows of a distributed table lie: CockroachDB splits tables by itself"},
    Kind{"create_reference_table",
         "where rows of a distributed table lie: CockroachDB splits tables by itself"},
};

std::string_view what_of(const ast::FunctionCall& call) {
  if (!call.name.schema.empty() && call.name.schema != "pg_catalog" && call.name.schema != "public")
    return {};
  for (const Kind& kind : kinds) {
    if (call.name.name.starts_with(kind.prefix)) return kind.what;
  }
  return {};
}

void run(PassContext& context) {
  struct Found {
    const ast::Statement* first = nullptr;
    size_t count = 0;
  };
  std::map<std::string_view, Found> found;
  for (ast::Statement& statement : context.script.statements) {
    if (!statement.live()) continue;
    const ast::FunctionCall* const call = ast::top_call(statement.node);
    const std::string_view what = call == nullptr ? std::string_view() : what_of(*call);
    if (what.empty()) continue;
    Found& kind = found[what];
    if (kind.count++ == 0) kind.first = &statement;
    context.drop(statement, "it tells PostgreSQL's server of its own things");
  }
  for (const auto& [what, kind] : found) {
    context.report(rules[0], *kind.first, {},
                   (kind.count == 1 ? "a call is left out that tells of "
                                    : std::to_string(kind.count) + " calls are left out that tell of ") +
                       std::string(what));
  }
}

}  // namespace

extern const Pass server_calls;
const Pass server_calls = {
    .name = "server-calls",
    .category = "statements",
    .fidelity = Fidelity::exact,
    .summary = "leaves out calls that tell PostgreSQL's server of its own things",
    .rules = rules,
    .run = run,
};

}  // namespace pg2crdb
