#include "runtime/load_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "runtime/connection.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

/// Seconds: a worker is seen three times in a lease, which lasts a minute unless it was told otherwise.
constexpr double silent = 120;

uint64_t number(const std::string& text) {
  return std::strtoull(text.c_str(), nullptr, 10);
}

double seconds(const std::string& text) {
  return std::strtod(text.c_str(), nullptr);
}

Result<void> read_tables(Connection& target, LoadStatus& status) {
  const bool compares = status.work == SharedWork::verification;
  Result<bool> changing = false;
  if (compares) changing = Leases::has_changing(target);
  if (!changing) return changing.error();
  const Result<Rows> rows = target.query(fmt::format(
      "SELECT table_schema, table_name, state, count(*), sum(row_count)::INT8, sum(expected_rows)::INT8, "
      "count(*) = count(expected_rows), max(problem){} FROM {} WHERE run = {} GROUP BY 1, 2, 3 ORDER BY 1, "
      "2, "
      "3",
      !compares   ? ""
      : *changing ? ", sum(missing)::INT8, sum(mismatch)::INT8, sum(extraneous)::INT8, sum(changing)::INT8"
                  : ", sum(missing)::INT8, sum(mismatch)::INT8, sum(extraneous)::INT8, 0",
      shared_tables(status.work).parts, quote_literal(status.run)));
  if (!rows) return rows.error();
  for (const std::vector<std::string>& row : rows->values) {
    const ObjectName name{row[0], row[1]};
    if (name.name.empty()) {
      status.ended = row[2] == "done";
      if (compares) status.schema_differences = number(row[9]);
      continue;
    }
    if (status.tables.empty() || status.tables.back().table != name)
      status.tables.push_back({name, {}, 0, 0, {}, 0, 0, 0});
    LoadStatus::Table& table = status.tables.back();
    const uint64_t parts = number(row[3]);
    (row[2] == "done"      ? table.parts.done
     : row[2] == "leased"  ? table.parts.leased
     : row[2] == "refused" ? table.parts.refused
                           : table.parts.free) += parts;
    table.rows += number(row[4]);
    if (row[6] != "t")
      table.expected.reset();
    else if (table.expected)
      *table.expected += number(row[5]);
    if (!row[7].empty()) table.problem = row[7];
    if (!compares) continue;
    table.missing += number(row[8]);
    table.mismatch += number(row[9]);
    table.extraneous += number(row[10]);
    table.changing += number(row[11]);
  }
  return {};
}

Result<void> read_leases(Connection& target, LoadStatus& status) {
  const Result<Rows> rows =
      target.query(fmt::format("SELECT table_schema, table_name, part, worker, extract(epoch FROM "
                               "clock_timestamp() - leased), extract(epoch FROM expires - "
                               "clock_timestamp()), row_count FROM {} WHERE run = {} AND state = "
                               "'leased' ORDER BY leased, 1, 2, 3",
                               shared_tables(status.work).parts, quote_literal(status.run)));
  if (!rows) return rows.error();
  for (const std::vector<std::string>& row : rows->values)
    status.leases.push_back(
        {{row[0], row[1]}, number(row[2]), row[3], seconds(row[4]), seconds(row[5]), number(row[6])});
  return {};
}

Result<void> read_workers(Connection& target, LoadStatus& status) {
  const Result<Rows> rows =
      target.query(fmt::format("SELECT worker, extract(epoch FROM coalesce(ended, clock_timestamp()) - "
                               "began), extract(epoch FROM clock_timestamp() - seen), ended "
                               "IS NOT NULL FROM pg2crdb.workers WHERE run = {} ORDER BY began DESC, worker",
                               quote_literal(status.run)));
  if (!rows) return rows.error();
  for (const std::vector<std::string>& row : rows->values)
    status.workers.push_back({row[0], seconds(row[1]), seconds(row[2]), row[3] == "t"});
  return {};
}

/// Verifications with the same words have a number each behind a hyphen; the next one is begun behind the end
/// of the one before it, or in its place.
void find_given_up(std::vector<LoadStatus>& all) {
  const auto words = [](const LoadStatus& status) { return status.run.substr(0, status.run.find('-')); };
  const auto place = [](const LoadStatus& status) {
    const size_t hyphen = status.run.find('-');
    return hyphen == std::string::npos ? 0 : number(status.run.substr(hyphen + 1));
  };
  for (LoadStatus& one : all) {
    one.given_up = !one.ended && std::ranges::any_of(all, [&](const LoadStatus& other) {
      return other.work == one.work && words(other) == words(one) && place(other) > place(one);
    });
  }
}

}  // namespace

std::string_view LoadStatus::state() const {
  if (ended) return "ended";
  if (given_up) return "given up";
  const bool works =
      std::ranges::any_of(leases, [](const Lease& lease) { return lease.runs_out_in > 0; }) ||
      std::ranges::any_of(workers, [](const Worker& worker) { return !worker.gone && worker.seen < silent; });
  return works ? "under way" : "stands still";
}

LoadStatus::Parts LoadStatus::parts() const {
  Parts all;
  for (const Table& table : tables) {
    all.free += table.parts.free;
    all.leased += table.parts.leased;
    all.refused += table.parts.refused;
    all.done += table.parts.done;
  }
  return all;
}

uint64_t LoadStatus::rows() const {
  uint64_t all = 0;
  for (const Table& table : tables) all += table.rows;
  return all;
}

double LoadStatus::rate() const {
  return age > 0 ? static_cast<double>(rows()) / age : 0;
}

std::optional<double> LoadStatus::left() const {
  if (state() != "under way" || rows() == 0) return std::nullopt;
  uint64_t expected = 0;
  bool known = true;
  for (const Table& table : tables) {
    known = known && table.expected;
    if (known) expected += *table.expected;
  }
  const Parts all = parts();
  const double part = known ? static_cast<double>(rows()) / static_cast<double>(std::max(expected, rows()))
                            : static_cast<double>(all.done) / static_cast<double>(all.all());
  if (part <= 0) return std::nullopt;
  return age / part - age;
}

Result<std::vector<LoadStatus>> load_status(const std::string& url) {
  Result<Connection> target = Connection::open(url);
  if (!target) return target.error();
  // What the parts say belongs together.
  const Result<Rows> begun = target->query("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
  if (!begun) return begun.error();
  const Result<Rows> made = target->query(
      "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema = "
      "'pg2crdb'");
  if (!made) return made.error();
  std::vector<LoadStatus> all;
  for (const SharedWork work : {SharedWork::load, SharedWork::verification}) {
    const SharedTables tables = shared_tables(work);
    const bool are_there = std::ranges::any_of(
        made->values, [&](const std::vector<std::string>& row) { return row[0] == tables.runs; });
    if (!are_there) continue;
    const Result<Rows> runs = target->query(fmt::format(
        "SELECT run, extract(epoch FROM coalesce((SELECT p.ended FROM {} AS p WHERE p.run = r.run AND "
        "p.table_name = '' AND p.state = 'done'), clock_timestamp()) - began) FROM {} AS r ORDER BY began "
        "DESC",
        tables.parts, tables.runs));
    if (!runs) return runs.error();
    for (const std::vector<std::string>& row : runs->values) {
      LoadStatus status;
      status.work = work;
      status.run = row[0];
      status.age = seconds(row[1]);
      for (const auto& read : {read_tables, read_leases, read_workers}) {
        if (Result<void> done = read(*target, status); !done) return done.error();
      }
      all.push_back(std::move(status));
    }
  }
  find_given_up(all);
  if (!all.empty()) return all;
  return Error{Error::Kind::usage,
               "no workers began a load in this database",
               {},
               "`pg2crdb worker` begins one; `pg2crdb load` shows its progress itself"};
}

}  // namespace pg2crdb
