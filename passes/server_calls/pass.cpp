// Calls by which a script tells its server of the server's own things: pg_dump 18's statistics, object ids
// for an upgrade in place, where a distributed table's rows lie. CockroachDB has no such functions, and the
// schema is the same without them: they are left out, with one finding for all of a kind. DDL facts 11.3.
#include "rewrite/pass.h"

#include <algorithm>
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
  std::string_view name;  ///< of a function
  std::string_view what;
};

constexpr std::string_view statistics = "statistics: CockroachDB collects its own";
constexpr std::string_view restoring = "how TimescaleDB is restored";
constexpr std::string_view hypertable = "where rows of a hypertable lie: CockroachDB splits tables by itself";
constexpr std::string_view distributed =
    "where rows of a distributed table lie: CockroachDB splits tables by itself";

constexpr std::array kinds = {
    Kind{"pg_restore_relation_stats", statistics},
    Kind{"pg_restore_attribute_stats", statistics},
    Kind{"pg_restore_extended_stats", statistics},
    Kind{"pg_clear_relation_stats", statistics},
    Kind{"pg_clear_attribute_stats", statistics},
    Kind{"timescaledb_pre_restore", restoring},
    Kind{"timescaledb_post_restore", restoring},
    Kind{"create_hypertable", hypertable},
    Kind{"add_dimension", hypertable},
    Kind{"set_chunk_time_interval", hypertable},
    Kind{"set_integer_now_func", hypertable},
    Kind{"add_compression_policy", hypertable},
    Kind{"add_columnstore_policy", hypertable},
    Kind{"add_reorder_policy", hypertable},
    Kind{"create_distributed_table", distributed},
    Kind{"create_distributed_table_concurrently", distributed},
    Kind{"create_reference_table", distributed},
    Kind{"create_distributed_function", distributed},
    Kind{"alter_distributed_table", distributed},
    Kind{"alter_table_set_access_method", distributed},
    Kind{"undistribute_table", distributed},
    Kind{"citus_add_local_table_to_metadata", distributed},
    Kind{"citus_schema_distribute", distributed},
    Kind{"citus_schema_undistribute", distributed},
    Kind{"citus_add_node", distributed},
    Kind{"citus_set_coordinator_host", distributed},
    Kind{"master_add_node", distributed},
};

/// One that the script makes is its own.
std::string_view what_of(const PassContext& context, const ast::FunctionCall& call) {
  if (!call.name.schema.empty() && call.name.schema != "pg_catalog" && call.name.schema != "public")
    return {};
  if (call.name.object != ast::no_object && context.script.objects[call.name.object].made_here()) return {};
  if (call.name.name.starts_with("binary_upgrade_")) return "numbers of objects, for an upgrade in place";
  const auto* kind = std::ranges::find(kinds, call.name.name, &Kind::name);
  return kind == kinds.end() ? std::string_view() : kind->what;
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
    const std::string_view what = call == nullptr ? std::string_view() : what_of(context, *call);
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
