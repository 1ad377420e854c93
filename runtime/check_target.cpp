#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <set>

#include "runtime/check_privileges.h"
#include "runtime/cluster_version.h"
#include "runtime/connection.h"
#include "runtime/connection_error.h"
#include "runtime/database_mark.h"
#include "runtime/load_detail.h"
#include "runtime/names_in_the_way.h"
#include "runtime/runtime.h"
#include "runtime/shown_list.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

std::string shown(const ObjectName& name) {
  return quote_name(name.schema, name.name);
}

Step database_step() {
  return {"database", {}};
}

/// Says where the cluster is older than what the plan was compiled for, be it that an upgrade is not
/// finalized.
Result<void> compare_versions(const LoadPlan& plan, Connection& target, Observer& observer) {
  const std::optional<Version> planned = parse_version(plan.target);
  if (!planned) return {};
  const Result<std::optional<ClusterVersion>> cluster = cluster_version(target);
  if (!cluster) return cluster.error();
  if (!*cluster || (*cluster)->usable() >= *planned) return {};
  std::string what = to_string((*cluster)->runs);
  if ((*cluster)->active < (*cluster)->runs.release())
    what +=
        fmt::format(", upgraded and not finalized: its cluster version is {}", to_string((*cluster)->active));
  observer.log(
      fmt::format("the cluster is CockroachDB {}, and the plan was compiled for {}: it may hold what this "
                  "cluster refuses; --crdb {} compiles for it",
                  what, to_string(*planned), to_string((*cluster)->usable())));
  return {};
}

/// Empty where the cluster has no such setting, or does not tell this user. An error where it cannot answer.
Result<std::string> cluster_setting(Connection& target, const std::string& name) {
  const Result<Rows> setting = target.query("SHOW CLUSTER SETTING " + name);
  if (!setting && is_passing(setting.error())) return setting.error();
  return setting && setting->size() == 1 ? setting->values[0][0] : std::string();
}

/// Says which settings of the cluster stand in the way of the statements that are about to be run.
Result<void> name_limits(const LoadPlan& plan, const std::set<Step>& steps, Connection& target,
                         Observer& observer) {
  uint64_t objects = 0;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const LoadPlan::Statement& statement = plan.statements[i];
    if (!steps.contains(apply_step(statement.phase, i))) continue;
    static constexpr std::array<std::string_view, 6> kinds = {"TABLE",    "VIEW", "MATERIALIZED VIEW",
                                                              "SEQUENCE", "TYPE", "FUNCTION"};
    objects += std::any_of(kinds.begin(), kinds.end(), [&](std::string_view kind) {
      return statement.kind == fmt::format("CREATE {}", kind);
    });
  }
  if (objects == 0 || !target.is_cockroachdb()) return {};
  const Result<std::string> most = cluster_setting(target, "sql.schema.approx_max_object_count");
  if (!most) return most.error();
  const uint64_t limit = std::strtoull(most->c_str(), nullptr, 10);
  if (limit > 0 && objects > limit) {
    observer.problem(
        fmt::format("{} {} to be made, and the cluster refuses new ones above about {}: SET CLUSTER SETTING "
                    "sql.schema.approx_max_object_count = 0 takes the limit away",
                    counted(objects, "object"), objects == 1 ? "is" : "are", with_commas(limit)));
  }
  const Result<std::string> unlocks = cluster_setting(target, "sql.schema.auto_unlock.enabled");
  if (!unlocks) return unlocks.error();
  if (*unlocks == "false" || *unlocks == "f") {
    observer.problem(
        "the cluster does not unlock tables by itself (sql.schema.auto_unlock.enabled is off): indexes and "
        "keys of "
        "tables that are schema_locked will be refused, until ALTER TABLE ... SET (schema_locked = false)");
  }
  return {};
}

Result<void> check_may_write(Connection& target, const std::string& url) {
  const Result<Rows> read_only = target.query("SHOW transaction_read_only");
  if (!read_only) return read_only.error();
  if (read_only->size() != 1 || read_only->values[0][0] != "on") return {};
  return Error{
      Error::Kind::usage,
      fmt::format("{}: transactions are read-only there", redacted(url)),
      {},
      "nothing was changed. Either the role or the database has default_transaction_read_only (ALTER "
      "ROLE ... RESET default_transaction_read_only), or the server only follows another one"};
}

Result<std::set<ObjectName>> tables_of(Connection& target) {
  Result<Rows> rows = target.query(
      "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = "
      "c.relnamespace WHERE c.relkind IN ('r', 'p')");
  if (!rows) return rows.error();
  std::set<ObjectName> tables;
  for (const std::vector<std::string>& row : rows->values) tables.insert({row[0], row[1]});
  return tables;
}

/// Statements that may have changed rows since they were loaded: all but those that only define.
bool may_write_rows(const LoadPlan::Statement& statement) {
  static constexpr std::array<std::string_view, 9> defining = {
      "CREATE", "ALTER", "COMMENT", "GRANT", "REFRESH", "ANALYZE", "REVOKE", "DROP", "SET"};
  return std::none_of(defining.begin(), defining.end(),
                      [&](std::string_view word) { return statement.kind.starts_with(word); });
}

/// What the journal says of the plan's statements.
struct Applied {
  bool tables_made = true;  ///< all that comes before the rows is done, and there is such a thing
  const LoadPlan::Statement* writer = nullptr;  ///< ran behind the rows and may have changed them
};

Applied applied_by(const LoadPlan& plan, const Journal& journal) {
  Applied applied;
  size_t before_rows = 0;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const LoadPlan::Statement& statement = plan.statements[i];
    const std::string state = journal.state(apply_step(statement.phase, i));
    if (statement.phase == "pre-data") {
      ++before_rows;
      applied.tables_made = applied.tables_made && state == "done";
    } else if (statement.phase != "roles" && !state.empty() && may_write_rows(statement)) {
      applied.writer = &statement;
    }
  }
  applied.tables_made = applied.tables_made && before_rows > 0;
  return applied;
}

class TargetComparison {
 public:
  TargetComparison(const LoadPlan& plan, Connection& target, const Journal& journal, Observer& observer)
      : plan_(plan), target_(target), journal_(journal), observer_(observer) {}

  Result<void> run() {
    const Result<std::set<ObjectName>> there = tables_of(target_);
    if (!there) return there.error();
    const Applied applied = applied_by(plan_, journal_);
    size_t loaded = 0;
    for (const LoadPlan::Table& table : plan_.tables) {
      const std::string state = journal_.state(load_step(table.target()));
      if (state.empty() && !applied.tables_made) continue;
      if (state.empty() && table.data.empty()) continue;  // it may be made behind the load
      if (!there->contains(table.target())) {
        const std::string_view after = state == "done" ? "although it was loaded"
                                       : state == "begun"
                                           ? "although its load was begun"
                                           : "although all that comes before the rows was applied";
        differences_.add(fmt::format("table {} is not there, {}", shown(table.target()), after));
        continue;
      }
      if (state != "done") continue;
      ++loaded;
      if (applied.writer != nullptr) continue;
      if (Result<void> counted = count(table); !counted) return counted;
    }
    if (loaded > 0 && applied.writer != nullptr) {
      observer_.log(fmt::format("the loaded tables' rows are not counted: {}:{}: {} may have changed them",
                                applied.writer->file, applied.writer->line, applied.writer->kind));
    }
    if (differences_.empty()) return {};
    return Error{Error::Kind::usage,
                 fmt::format("the target is not as the run that {} belongs to left it: {}", journal_.path(),
                             differences_.text()),
                 {},
                 "nothing was changed now. Put back what is missing and resume again; or empty the target, "
                 "remove the journal and start anew without --resume"};
  }

 private:
  Result<void> count(const LoadPlan::Table& table) {
    const std::string name = shown(table.target());
    const std::optional<LoadDetail> detail = parse_load_detail(journal_.detail(load_step(table.target())));
    Result<Rows> rows = target_.query("SELECT count(*) FROM " + name);
    if (!rows) {
      Error error = rows.error();
      error.message = fmt::format("the rows of {} cannot be counted: {}", name, error.message);
      return error;
    }
    const uint64_t found = std::strtoull(rows->values[0][0].c_str(), nullptr, 10);
    const std::string expected = detail ? counted(detail->rows, "row") : "an unknown number of rows";
    if (!detail || found != detail->rows)
      differences_.add(
          fmt::format("table {} was loaded with {}, and has {}", name, expected, with_commas(found)));
    return {};
  }

  const LoadPlan& plan_;
  Connection& target_;
  const Journal& journal_;
  Observer& observer_;
  ShownList differences_{"; "};
};

}  // namespace

Result<void> check_source_is_another(const std::string& source, const std::string& target) {
  if (source.empty()) return {};
  std::array<std::string, 2> marks;
  for (size_t side = 0; side < marks.size(); ++side) {
    Result<Connection> connection = Connection::open(side == 0 ? source : target);
    if (!connection) return connection.error();
    Result<std::string> mark = database_mark(*connection);
    if (!mark) return mark.error();
    if (connection->is_cockroachdb()) {
      marks[side] = "CockroachDB " + *mark;
      continue;
    }
    const Result<Rows> server = connection->query("SELECT pg_catalog.pg_postmaster_start_time()");
    if (!server) return server.error();
    marks[side] = fmt::format("PostgreSQL {} of {}", *mark, server->values[0][0]);
  }
  if (marks[0] != marks[1]) return {};
  return Error{Error::Kind::usage,
               fmt::format("the source and the target are one database, {}", redacted(target)),
               {},
               "give the CockroachDB cluster as the target"};
}

Step load_step(const ObjectName& table) {
  return {"load", table};
}

std::string to_text(const LoadDetail& detail) {
  return fmt::format("rows={} rejected={}", detail.rows, detail.rejected);
}

std::optional<LoadDetail> parse_load_detail(const std::string& text) {
  unsigned long long rows = 0;
  unsigned long long rejected = 0;
  if (std::sscanf(text.c_str(), "rows=%llu rejected=%llu", &rows, &rejected) != 2) return std::nullopt;
  return LoadDetail{rows, rejected};
}

std::vector<Step> apply_steps(const LoadPlan& plan, std::span<const std::string> phases) {
  std::vector<Step> steps;
  for (size_t i = 0; i < plan.statements.size(); ++i) {
    const std::string& phase = plan.statements[i].phase;
    if (std::find(phases.begin(), phases.end(), phase) != phases.end()) steps.push_back(apply_step(phase, i));
  }
  return steps;
}

std::vector<Step> load_steps(const LoadPlan& plan, const std::string& source) {
  std::vector<Step> steps;
  for (const LoadPlan::Table& table : plan.tables) {
    if (!table.data.empty() || !source.empty()) steps.push_back(load_step(table.target()));
  }
  return steps;
}

Result<void> check_target(const LoadPlan& plan, const std::vector<Step>& steps, const std::string& url,
                          Journal& journal, Observer& observer) {
  Result<Connection> target = Connection::open(url);
  if (!target) return target.error();
  if (Result<void> compared = compare_versions(plan, *target, observer); !compared) return compared;
  if (!steps.empty()) {
    if (Result<void> may = check_may_write(*target, url); !may) return may;
  }
  const std::set<Step> intended(steps.begin(), steps.end());
  if (Result<void> named = name_limits(plan, intended, *target, observer); !named) return named;
  if (Result<void> may = check_privileges(plan, intended, journal, *target); !may) return may;
  Result<std::string> mark = database_mark(*target);
  if (!mark) return mark.error();
  if (journal.state(database_step()) != "done") {
    if (journal.detail_before(database_step()) != *mark) {
      if (auto are_new = check_nothing_is_in_the_way(plan, intended, *target); !are_new) return are_new;
      return journal.done(database_step(), *mark);
    }
    const bool all_done = std::all_of(steps.begin(), steps.end(),
                                      [&](const Step& step) { return journal.state_before(step) == "done"; });
    if (all_done && !steps.empty()) {
      return Error{
          Error::Kind::usage,
          fmt::format("the run that {} belongs to has ended, and was this one: what it does is done",
                      journal.path()),
          {},
          "`pg2crdb verify` compares the rows, --resume looks whether all of it is still there; to do it "
          "again, empty the target and remove the journal"};
    }
    journal.continue_ended();
  }
  if (journal.detail(database_step()) != *mark) {
    return Error{Error::Kind::usage,
                 fmt::format("the target is not the database that the run of {} began with: one of the same "
                             "name was made anew since, or the cluster was",
                             journal.path()),
                 {},
                 "what the journal calls done is not there: remove the journal and start anew without "
                 "--resume"};
  }
  return TargetComparison(plan, *target, journal, observer).run();
}

}  // namespace pg2crdb
