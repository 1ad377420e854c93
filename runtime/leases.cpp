#include "runtime/leases.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "runtime/made_tables.h"
#include "runtime/runtime.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr int most_retries = 10;
/// In one INSERT; a statement has at most 16 MiB.
constexpr size_t parts_at_once = 500;

Error about_leases(Error error, SharedWork work) {
  if (error.sqlstate == "42501")
    error.advice =
        "workers keep their leases in the schema pg2crdb of the target: the user needs CREATE on the "
        "database";
  error.message = fmt::format("{}: {}", shared_tables(work).parts, error.message);
  return error;
}

uint64_t number(const std::string& text) {
  return std::strtoull(text.c_str(), nullptr, 10);
}

}  // namespace

SharedTables shared_tables(SharedWork work) {
  if (work == SharedWork::verification) return {"pg2crdb.verifications", "pg2crdb.verified_parts"};
  return {"pg2crdb.loads", "pg2crdb.parts"};
}

Result<void> in_transaction(Connection& target, const std::function<Result<void>()>& body) {
  for (int attempt = 0;; ++attempt) {
    Result<Rows> begun = target.query("BEGIN");
    if (!begun) return begun.error();
    Result<void> done = body();
    if (done) done = target.commit();
    if (done) return done;
    const Error error = done.error();
    if (!error.sqlstate.empty()) static_cast<void>(target.query("ROLLBACK"));
    if (error.sqlstate != "40001" || attempt == most_retries || stop_requested) return error;
    wait_before_retry(attempt);
  }
}

void end_sessions(Connection& target, std::string_view name) {
  const std::string literal = quote_literal(std::string(name));
  static_cast<void>(target.query(target.is_cockroachdb()
                                     ? fmt::format("CANCEL SESSIONS IF EXISTS (SELECT session_id FROM [SHOW "
                                                   "SESSIONS] WHERE application_name = {})",
                                                   literal)
                                     : fmt::format("SELECT pg_catalog.pg_terminate_backend(pid) FROM "
                                                   "pg_catalog.pg_stat_activity WHERE application_name = {}",
                                                   literal)));
}

Result<void> Leases::make_tables(Connection& target, SharedWork work) {
  const SharedTables tables = shared_tables(work);
  // Two loads cannot have one table: the run is no part of the key. Verifications can.
  const bool loads = work == SharedWork::load;
  Result<void> made = pg2crdb::make_tables(
      target,
      {fmt::format(
           "CREATE TABLE IF NOT EXISTS {} (run TEXT PRIMARY KEY, chunk_bytes INT8 NOT NULL, moment TEXT "
           "NOT NULL, began TIMESTAMPTZ NOT NULL)",
           tables.runs),
       fmt::format(
           "CREATE TABLE IF NOT EXISTS {} (table_schema TEXT, table_name TEXT, part INT8, run TEXT NOT NULL, "
           "place INT8 NOT NULL, block INT8 NOT NULL, begins_at INT8 NOT NULL, ends_at INT8 NOT NULL, "
           "first_line INT8 NOT NULL, expected_rows INT8, state TEXT NOT NULL, lease INT8 NOT NULL, worker "
           "TEXT NOT NULL, leased TIMESTAMPTZ, expires TIMESTAMPTZ, ended TIMESTAMPTZ, row_count INT8 NOT "
           "NULL, problem TEXT NOT NULL, {}PRIMARY KEY ({}table_schema, table_name, part))",
           tables.parts,
           loads ? ""
                 : "success INT8 NOT NULL DEFAULT 0, missing INT8 NOT NULL DEFAULT 0, mismatch INT8 NOT NULL "
                   "DEFAULT 0, extraneous INT8 NOT NULL DEFAULT 0, changing INT8 NOT NULL DEFAULT 0, ",
           loads ? "" : "run, "),
       "CREATE TABLE IF NOT EXISTS pg2crdb.workers (run TEXT, worker TEXT, began TIMESTAMPTZ NOT NULL, seen "
       "TIMESTAMPTZ NOT NULL, ended TIMESTAMPTZ, snapshot TEXT NOT NULL, PRIMARY KEY (run, worker))"});
  if (made && !loads) made = add_changing(target);
  if (!made) return about_leases(made.error(), work);
  return made;
}

Result<bool> Leases::has_changing(Connection& target) {
  const Result<Rows> found = target.query(
      "SELECT 1 FROM information_schema.columns WHERE table_schema = 'pg2crdb' AND table_name = "
      "'verified_parts' AND column_name = 'changing'");
  if (!found) return found.error();
  return found->size() > 0;
}

Result<void> Leases::add_changing(Connection& target) {
  const Result<bool> there = has_changing(target);
  if (!there) return there.error();
  if (*there) return {};
  return target.execute(
      "ALTER TABLE pg2crdb.verified_parts ADD COLUMN IF NOT EXISTS changing INT8 NOT NULL DEFAULT 0");
}

Result<std::optional<Leases::Load>> Leases::find(Connection& target) const {
  const Result<Rows> rows = target.query(fmt::format("SELECT chunk_bytes, moment FROM {} WHERE run = {}",
                                                     shared_tables(work_).runs, quote_literal(run_)));
  if (!rows) return about_leases(rows.error(), work_);
  if (rows->size() == 0) return std::optional<Load>();
  return std::optional<Load>({number(rows->values[0][0]), rows->values[0][1]});
}

Result<bool> Leases::begin(Connection& target, const Load& load, std::span<const Part> parts,
                           std::string_view worker, std::string_view snapshot) const {
  bool first = false;
  const Result<void> begun = in_transaction(target, [&]() -> Result<void> {
    const Result<Rows> noted = target.query(fmt::format(
        "INSERT INTO {} (run, chunk_bytes, moment, began) VALUES ({}, {}, {}, clock_timestamp()) "
        "ON CONFLICT (run) DO NOTHING RETURNING 1",
        shared_tables(work_).runs, quote_literal(run_), load.chunk_bytes, quote_literal(load.moment)));
    if (!noted) return noted.error();
    first = noted->size() == 1;
    if (!first) return {};
    for (size_t i = 0; i < parts.size(); i += parts_at_once) {
      std::string values;
      for (size_t place = i; place < std::min(parts.size(), i + parts_at_once); ++place) {
        const Part& part = parts[place];
        values += fmt::format("{}({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, 'free', 0, '', 0, '')",
                              values.empty() ? "" : ", ", quote_literal(part.table.schema),
                              quote_literal(part.table.name), part.number, quote_literal(run_), place,
                              part.block, static_cast<int64_t>(part.begin), static_cast<int64_t>(part.end),
                              part.first_line, part.rows ? std::to_string(*part.rows) : std::string("NULL"));
      }
      const Result<Rows> written = target.query(fmt::format(
          "INSERT INTO {} (table_schema, table_name, part, run, place, block, begins_at, ends_at, "
          "first_line, "
          "expected_rows, state, lease, worker, row_count, problem) VALUES {}",
          shared_tables(work_).parts, values));
      if (!written) return written.error();
    }
    return enter(target, worker, snapshot);
  });
  if (begun) return first;
  if (begun.error().sqlstate != "23505") return about_leases(begun.error(), work_);
  return Error{Error::Kind::usage,
               "another load has tables of this one: it was begun by workers with another plan, other inputs "
               "or other options",
               {},
               "`pg2crdb status` shows it. Give all workers the same words; or, where the other load's rows "
               "are worth nothing, empty "
               "the tables, run DROP SCHEMA pg2crdb CASCADE, and begin again"};
}

Result<void> Leases::enter(Connection& target, std::string_view worker, std::string_view snapshot) const {
  const Result<Rows> noted = target.query(fmt::format(
      "INSERT INTO pg2crdb.workers (run, worker, began, seen, snapshot) VALUES ({}, {}, clock_timestamp(), "
      "clock_timestamp(), {})",
      quote_literal(run_), quote_literal(std::string(worker)), quote_literal(std::string(snapshot))));
  if (!noted) return noted.error();
  return {};
}

Result<std::vector<std::string>> Leases::snapshots(Connection& target) const {
  const Result<Rows> rows =
      target.query(fmt::format("SELECT snapshot FROM pg2crdb.workers WHERE run = {} AND snapshot <> '' AND "
                               "ended IS NULL ORDER BY seen DESC LIMIT 100",
                               quote_literal(run_)));
  if (!rows) return about_leases(rows.error(), work_);
  std::vector<std::string> snapshots;
  for (const std::vector<std::string>& row : rows->values) snapshots.push_back(row[0]);
  return snapshots;
}

Result<void> Leases::leave(Connection& target, std::string_view worker) const {
  return target.execute(
      fmt::format("UPDATE pg2crdb.workers SET ended = clock_timestamp() WHERE run = {} AND worker = {}",
                  quote_literal(run_), quote_literal(std::string(worker))));
}

Result<void> Leases::beat(Connection& target, std::string_view worker,
                          std::span<const std::string> sessions) const {
  const Result<void> seen = target.execute(
      fmt::format("UPDATE pg2crdb.workers SET seen = clock_timestamp() WHERE run = {} AND worker = {}",
                  quote_literal(run_), quote_literal(std::string(worker))));
  if (!seen || sessions.empty()) return seen;
  std::string names;
  for (const std::string& session : sessions) names += (names.empty() ? "" : ", ") + quote_literal(session);
  // Chunks make leases longer, too: only one that has not had any for long is touched, and never one whose
  // row is locked.
  return in_transaction(target, [&]() -> Result<void> {
    const Result<Rows> held = target.query(
        fmt::format("SELECT table_schema, table_name, part FROM {} WHERE run = {} "
                    "AND state = 'leased' AND worker IN ({}) AND "
                    "expires < clock_timestamp() + INTERVAL '{} seconds' FOR UPDATE SKIP LOCKED",
                    shared_tables(work_).parts, quote_literal(run_), names, std::max(1U, seconds_ * 2 / 3)));
    if (!held) return held.error();
    for (const std::vector<std::string>& part : held->values) {
      const Result<Rows> longer = target.query(
          fmt::format("UPDATE {} SET expires = clock_timestamp() + INTERVAL '{} seconds' WHERE {}",
                      shared_tables(work_).parts, seconds_, is_part({part[0], part[1]}, number(part[2]))));
      if (!longer) return longer.error();
    }
    return {};
  });
}

Result<std::optional<Lease>> Leases::take(Connection& target, std::string_view worker,
                                          std::string_view session) const {
  const auto take_where = [&](std::string_view which) -> Result<std::optional<Lease>> {
    std::optional<Lease> taken;
    const Result<void> done = in_transaction(target, [&]() -> Result<void> {
      taken.reset();
      const Result<Rows> found = target.query(
          fmt::format("SELECT table_schema, table_name, part, block, begins_at, ends_at, first_line, "
                      "expected_rows, lease, worker, state FROM "
                      "{} WHERE run = {} AND {} AND (state = 'free' OR (state = 'leased' AND "
                      "expires < clock_timestamp()) OR (state = "
                      "'refused' AND ended < (SELECT began FROM pg2crdb.workers WHERE run = {} AND worker = "
                      "{}))) ORDER BY place LIMIT 1 FOR "
                      "UPDATE SKIP LOCKED",
                      shared_tables(work_).parts, quote_literal(run_), which, quote_literal(run_),
                      quote_literal(std::string(worker))));
      if (!found) return found.error();
      if (found->size() == 0) return {};
      const std::vector<std::string>& row = found->values[0];
      Lease lease{{{row[0], row[1]},
                   number(row[2]),
                   number(row[3]),
                   number(row[4]),
                   number(row[5]),
                   number(row[6]),
                   {}},
                  number(row[8]) + 1,
                  std::string(session),
                  row[10] == "leased" ? row[9] : std::string()};
      if (!found->nulls[0][7]) lease.part.rows = number(row[7]);
      const Result<Rows> noted =
          target.query(fmt::format("UPDATE {} SET state = 'leased', lease = {}, worker = {}, leased = "
                                   "clock_timestamp(), problem = '', ended = NULL, "
                                   "expires = clock_timestamp() + INTERVAL '{} seconds' WHERE {}",
                                   shared_tables(work_).parts, lease.number, quote_literal(lease.worker),
                                   seconds_, is_part(lease.part.table, lease.part.number)));
      if (!noted) return noted.error();
      taken = std::move(lease);
      return {};
    });
    if (!done) return about_leases(done.error(), work_);
    return taken;
  };
  Result<std::optional<Lease>> taken = take_where("table_name <> ''");
  if (!taken || *taken) return taken;
  const Result<Left> others = left(target, worker);
  if (!others) return others.error();
  if (others->free + others->leased + others->refused > 0) return taken;
  return take_where("table_name = ''");
}

std::string Leases::is_part(const ObjectName& table, uint64_t part) const {
  return fmt::format("run = {} AND table_schema = {} AND table_name = {} AND part = {}", quote_literal(run_),
                     quote_literal(table.schema), quote_literal(table.name), part);
}

std::string Leases::still_held(const Lease& lease) const {
  return fmt::format("{} AND lease = {} AND state = 'leased'", is_part(lease.part.table, lease.part.number),
                     lease.number);
}

Result<bool> Leases::hold(Connection& target, const Lease& lease, uint64_t rows) const {
  const Result<Rows> held =
      target.query(fmt::format("UPDATE {} SET row_count = row_count + {}, expires = "
                               "clock_timestamp() + INTERVAL '{} seconds' WHERE {} "
                               "RETURNING lease",
                               shared_tables(work_).parts, rows, seconds_, still_held(lease)));
  if (!held) return held.error();
  return held->size() == 1;
}

Result<bool> Leases::done(Connection& target, const Lease& lease) const {
  Result<Rows> noted = Rows();
  const Result<void> written = in_transaction(target, [&]() -> Result<void> {
    noted = target.query(
        fmt::format("UPDATE {} SET state = 'done', ended = clock_timestamp() WHERE {} RETURNING lease",
                    shared_tables(work_).parts, still_held(lease)));
    return noted ? Result<void>() : noted.error();
  });
  if (!written) return about_leases(written.error(), work_);
  return noted->size() == 1;
}

Result<void> Leases::give_back(Connection& target, std::string_view session) const {
  return target.execute(
      fmt::format("UPDATE {} SET state = 'free', worker = '' WHERE run = {} AND worker = {} AND "
                  "state = 'leased'",
                  shared_tables(work_).parts, quote_literal(run_), quote_literal(std::string(session))));
}

Result<void> Leases::refuse(Connection& target, const Lease& lease, std::string_view why) const {
  return target.execute(
      fmt::format("UPDATE {} SET state = 'refused', ended = clock_timestamp(), problem = {} WHERE {}",
                  shared_tables(work_).parts, quote_literal(std::string(why)), still_held(lease)));
}

Result<Leases::Left> Leases::left(Connection& target, std::string_view worker) const {
  const Result<Rows> rows =
      target.query(fmt::format("SELECT is_end, state, count(*), max(problem) FROM (SELECT table_name = '' AS "
                               "is_end, problem, CASE WHEN state = 'refused' AND "
                               "ended < (SELECT began FROM pg2crdb.workers WHERE run = {} AND worker = {}) "
                               "THEN 'free' ELSE state END AS state FROM "
                               "{} WHERE run = {}) AS parts GROUP BY is_end, state",
                               quote_literal(run_), quote_literal(std::string(worker)),
                               shared_tables(work_).parts, quote_literal(run_)));
  if (!rows) return about_leases(rows.error(), work_);
  Left left;
  for (const std::vector<std::string>& row : rows->values) {
    if (row[0] == "t") {
      left.ended = row[1] == "done";
    } else if (row[1] == "free") {
      left.free = number(row[2]);
    } else if (row[1] == "leased") {
      left.leased = number(row[2]);
    } else if (row[1] == "refused") {
      left.refused = number(row[2]);
      left.why_refused = row[3];
    }
  }
  return left;
}

Result<std::vector<Leases::LoadedPart>> Leases::loaded(Connection& target) const {
  const Result<Rows> rows = target.query(
      fmt::format("SELECT table_schema, table_name, sum(row_count)::INT8, sum(expected_rows)::INT8, count(*) "
                  "= count(expected_rows) FROM "
                  "{} WHERE run = {} AND table_name <> '' GROUP BY 1, 2 ORDER BY 1, 2",
                  shared_tables(work_).parts, quote_literal(run_)));
  if (!rows) return about_leases(rows.error(), work_);
  std::vector<LoadedPart> tables;
  for (const std::vector<std::string>& row : rows->values) {
    tables.push_back({{row[0], row[1]}, number(row[2]), {}});
    if (row[4] == "t") tables.back().expected = number(row[3]);
  }
  return tables;
}

}  // namespace pg2crdb
