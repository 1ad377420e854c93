#include "runtime/live_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/connection_error.h"
#include "runtime/sample.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// 64 MB of the usual 8 kB.
constexpr uint64_t pages_a_range = 8192;

std::string list_of(const std::vector<std::string>& columns) {
  std::string list;
  for (const std::string& column : columns) {
    if (!list.empty()) list += ", ";
    list += quote_identifier(column);
  }
  return list;
}

}  // namespace

Result<Connection> open_source(const std::string& url, const std::string& snapshot) {
  Result<Connection> connection = Connection::open(url);
  if (!connection) return connection;
  // In the order in which they lie: a run that goes on finds its chunks again.
  std::vector<std::string> statements = {
      "SELECT pg_catalog.set_config('search_path', '', false)",
      "SELECT pg_catalog.set_config(name, CASE name WHEN 'synchronize_seqscans' THEN 'off' ELSE '0' END, "
      "false) "
      "FROM pg_catalog.pg_settings WHERE name IN ('synchronize_seqscans', 'max_parallel_workers_per_gather')",
      "SELECT pg_catalog.set_config('row_security', 'off', false) FROM pg_catalog.pg_settings WHERE name = "
      "'row_security'",
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
  };
  if (!snapshot.empty()) statements.push_back("SET TRANSACTION SNAPSHOT " + quote_literal(snapshot));
  for (const std::string& statement : statements) {
    const Result<Rows> done = connection->query(statement);
    if (!done) return at_server(url, done.error());
  }
  return connection;
}

Result<std::string> export_snapshot(Connection& source, const std::string& url) {
  if (source.is_cockroachdb()) return std::string();
  const Result<Rows> snapshot = source.query("SELECT pg_catalog.pg_export_snapshot()");
  if (!snapshot) return at_server(url, snapshot.error());
  return snapshot->values[0][0];
}

// Transactions that write have numbers: where no number was given in between, nothing was written.
Result<std::string> source_transactions(Connection& source, const std::string& url) {
  if (source.is_cockroachdb()) return std::string();
  const Result<Rows> transactions = source.query("SELECT pg_catalog.txid_current_snapshot()");
  if (!transactions) return at_server(url, transactions.error());
  return transactions->values[0][0];
}

Result<std::vector<std::vector<PageRange>>> page_ranges(Connection& source, const LoadPlan& plan) {
  std::vector<std::vector<PageRange>> ranges(plan.tables.size(), {PageRange{}});
  constexpr int finds_rows_by_range = 140000;  // before, each range reads the whole table
  if (source.is_cockroachdb() || source.version_number() < finds_rows_by_range) return ranges;
  const Result<Rows> sizes = source.query(
      "SELECT n.nspname, c.relname, pg_catalog.pg_relation_size(c.oid) / "
      "pg_catalog.current_setting('block_size')::integer FROM pg_catalog.pg_class c JOIN "
      "pg_catalog.pg_namespace n "
      "ON n.oid = c.relnamespace JOIN pg_catalog.pg_am a ON a.oid = c.relam WHERE c.relkind = 'r' AND "
      "a.amname = "
      "'heap'");
  if (!sizes) return sizes.error();
  for (const std::vector<std::string>& row : sizes->values) {
    const uint64_t pages = std::strtoull(row[2].c_str(), nullptr, 10);
    for (size_t table = 0; table < plan.tables.size(); ++table) {
      if (plan.tables[table].source() != ObjectName{row[0], row[1]}) continue;
      while (pages - ranges[table].back().begin > pages_a_range) {
        ranges[table].back().end = ranges[table].back().begin + pages_a_range;
        ranges[table].push_back({ranges[table].back().end, 0});
      }
    }
  }
  return ranges;
}

Result<std::string> source_table(Connection& source, const LoadPlan& plan, const LoadPlan::Table& table) {
  const std::string name = quote_name(table.source_schema, table.source_name);
  const Result<Rows> parts = source.query(
      "WITH RECURSIVE part (id) AS (SELECT i.inhrelid FROM pg_catalog.pg_inherits i"
      " WHERE i.inhparent = pg_catalog.to_regclass($1)"
      " UNION ALL SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN part ON i.inhparent = part.id)"
      " SELECT c.relkind, n.nspname, p.relname FROM pg_catalog.pg_class c"
      " LEFT JOIN (part JOIN pg_catalog.pg_class p ON p.oid = part.id"
      " JOIN pg_catalog.pg_namespace n ON n.oid = p.relnamespace) ON true"
      " WHERE c.oid = pg_catalog.to_regclass($1)",
      {name});
  if (!parts) return parts.error();
  if (parts->size() == 0) {
    return Error{.kind = Error::Kind::usage,
                 .message = "the source has no such table",
                 .sqlstate = "42P01",
                 .advice = "compile the source's schema again, or leave the table out with --exclude"};
  }
  const bool partitioned = parts->values[0][0] == "p";
  const auto planned = [&](const std::vector<std::string>& part) {
    return std::any_of(plan.tables.begin(), plan.tables.end(), [&](const LoadPlan::Table& other) {
      return other.source() == ObjectName{part[1], part[2]};
    });
  };
  const bool through_root = partitioned && std::none_of(parts->values.begin(), parts->values.end(), planned);
  return through_root || source.is_cockroachdb() ? name : "ONLY " + name;
}

// A snapshot sees the catalog of its moment as it sees rows; functions of the catalog answer for now.
Result<void> check_was_whole(Connection& source, const LoadPlan::Table& table) {
  if (source.is_cockroachdb()) return {};
  constexpr int tells_ancestors = 120000;
  const std::string is_detached =
      source.version_number() < tells_ancestors
          ? "false"
          : "c.relispartition AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_partition_ancestors(c.oid) AS "
            "a (id) WHERE a.id = pg_catalog.to_regclass($3))";
  const Result<Rows> changed = source.query(
      fmt::format(
          "WITH RECURSIVE part (id, is_root) AS (SELECT c.oid, true FROM pg_catalog.pg_class c"
          " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2"
          " UNION ALL SELECT i.inhrelid, false FROM pg_catalog.pg_inherits i"
          " JOIN part ON i.inhparent = part.id"
          " JOIN pg_catalog.pg_class p ON p.oid = part.id AND p.relkind = 'p')"
          " SELECT 1 FROM part JOIN pg_catalog.pg_class c ON c.oid = part.id"
          " WHERE c.relkind = 'r' AND c.relfilenode IS DISTINCT FROM pg_catalog.pg_relation_filenode(c.oid)"
          " OR CASE WHEN is_root THEN c.oid IS DISTINCT FROM pg_catalog.to_regclass($3) ELSE {} END",
          is_detached),
      {table.source_schema, table.source_name, quote_name(table.source_schema, table.source_name)});
  if (!changed) return changed.error();
  if (changed->size() == 0) return {};
  return Error{.kind = Error::Kind::interrupted,
               .message =
                   "the source emptied, rewrote or replaced it (TRUNCATE, ALTER TABLE ...) while it was "
                   "read: the rows that it had at that moment are out of reach",
               .sqlstate = "55000",
               .advice = "run it again: what is read then is of another moment"};
}

Result<std::string> source_copy(Connection& source, const LoadPlan& plan, const LoadPlan::Table& table,
                                const std::vector<std::string>& columns, uint64_t row_limit,
                                const PageRange& range) {
  const Result<std::string> from = source_table(source, plan, table);
  if (!from) return from.error();
  std::string where;
  if (range.begin > 0) where = fmt::format(" WHERE ctid >= '({},0)'", range.begin);
  if (range.end > 0) where += fmt::format("{} ctid < '({},0)'", where.empty() ? " WHERE" : " AND", range.end);
  return fmt::format("COPY (SELECT {} FROM {}{}{}) TO STDOUT", list_of(columns), *from, where,
                     row_limit == 0 ? std::string() : fmt::format(" LIMIT {}", row_limit));
}

std::string source_sample(const std::string& source_table, const std::vector<std::string>& columns,
                          double percent) {
  return fmt::format("COPY (SELECT {} FROM {} TABLESAMPLE BERNOULLI ({:.10f}) REPEATABLE ({})) TO STDOUT",
                     list_of(columns), source_table, percent, sample_seed);
}

}  // namespace pg2crdb
