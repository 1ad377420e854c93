#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "runtime/empty_table.h"
#include "runtime/import_space.h"
#include "runtime/load_detail.h"
#include "runtime/loaded_columns.h"
#include "runtime/loader.h"
#include "support/counted.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

constexpr std::string_view kResume = "run the same command with --resume";

}  // namespace

Loader::Table::Table(const LoadPlan::Table& table)
    : planned(table),
      name(quote_name(table.schema, table.name)),
      step(load_step(table.target())),
      in_turn(draws_numbers(table)) {}

Error Loader::about(const Table& table, Error error) {
  error.message = fmt::format("{}: {}{}{}", table.name, error.sqlstate, error.sqlstate.empty() ? "" : ": ",
                              error.message);
  if (error.advice.empty()) error.advice = kResume;
  return error;
}

Result<void> Loader::prepare() {
  if (Result<void> columns = check_columns(plan_); !columns) return columns;
  if (options_.max_bad_rows > 0 && options_.reject_file.empty()) {
    return Error{Error::Kind::usage, "--max-bad-rows needs a file for the rows that are refused", {}, {}};
  }
  Result<Connection> target = Connection::open(options_.target);
  if (!target) return target.error();
  size_t before = 0;
  for (const auto& table : tables_) {
    if (journal_.state(table->step) != "done") continue;
    if (Result<void> taken = take_over(*table, journal_.detail(table->step)); !taken) return taken;
    ++before;
  }
  for (const auto& table : tables_) {
    if (!journal_.state(table->step).empty()) continue;
    if (Result<void> empty = check_empty(*target, *table); !empty) return empty;
  }
  if (options_.method == LoadMethod::import_into) {
    std::vector<Table*> unknown;  // jobs that may be on their way still
    for (const auto& table : tables_) {
      if (journal_.state(table->step) != "begun") continue;
      const Result<Import> settled = settle_import(*target, *table);
      if (!settled) return settled.error();
      if (*settled == Import::not_found) unknown.push_back(table.get());
    }
    Result<std::unique_ptr<ImportStore>> store = ImportStore::open(options_, journal_, observer_);
    if (!store) return store.error();
    store_ = std::move(*store);
    const std::string folder = store_->folder();
    if (!folder.empty() && !store_->gzip() && options_.row_limit == 0) {
      std::vector<bool> wanted;
      for (const auto& table : tables_) wanted.push_back(table->wanted);
      const Result<void> named = name_lack_of_space(plan_, wanted, options_.source, folder, observer_);
      if (!named) return named;
    }
    // The files of the run before are gone: a job that begins from here on finds nothing to import.
    for (Table* table : unknown) {
      const Result<Import> settled = settle_import(*target, *table);
      if (!settled) return settled.error();
    }
  }
  if (!tables_.empty()) {
    if (Result<void> opened = open_marks(*target); !opened) return opened;
  }
  std::set<ObjectName> again;
  for (const auto& table : tables_) {
    if (table->done) continue;
    if (journal_.state(table->step) == "begun") {
      const Result<bool> found = find_chunks(*target, *table);
      if (!found) return found.error();
      if (*found) continue;
      Result<void> emptied = make_empty(*target, *table, "the last run stopped in the middle of it");
      if (!emptied) return emptied;
    }
    again.insert(table->planned.target());
  }
  if (marks_ && marks_->kept() && !marks_->known()) {
    if (Result<void> noted = marks_->note_run(*target); !noted) return noted;
  }
  if (before > 0) {
    observer_.log(fmt::format("load: {} of {} were done before{}", before, counted(tables_.size(), "table"),
                              options_.source.empty() ? "" : ", with the source's rows as they were then"));
  }
  if (options_.reject_file.empty()) return {};
  return rejects_.forget(again);
}

Result<void> Loader::open_marks(Connection& target) {
  Result<ChunkMarks> marks = ChunkMarks::open(target, journal_, chunk_bytes());
  if (!marks) return marks.error();
  marks_ = std::move(*marks);
  if (!marks_->kept()) {
    observer_.log(
        "the user may not create the schema pg2crdb, where the load would note what arrived: a load that is "
        "stopped loads the tables that it was at from their beginning, and with a copy of its journal one "
        "that "
        "has ended would do so too");
    return {};
  }
  Result<std::set<ObjectName>> noted = marks_->tables(target);
  if (!noted) return noted.error();
  for (const auto& table : tables_) {
    // Of a run that went on with nobody: its tables are found empty.
    const bool stale = journal_.state(table->step).empty() && noted->contains(table->planned.target());
    if (!stale) continue;
    if (Result<void> forgotten = marks_->forget(target, table->planned.target()); !forgotten)
      return forgotten;
  }
  return {};
}

Result<Loader::Import> Loader::settle_import(Connection& target, Table& table) {
  std::optional<ImportJob> job = noted_job(journal_, table.planned.target());
  if (!job) return Import::not_whole;
  if (job->id.empty()) {
    Result<std::string> found = find_job(*job, target);
    if (!found) return about(table, found.error());
    if (found->empty()) return Import::not_found;
    job->id = std::move(*found);
    if (Result<void> noted = note_job(journal_, table.planned.target(), *job); !noted) return noted.error();
  }
  const bool served = options_.host_files.find("://") != std::string::npos;
  const Result<JobEnd> end =
      served ? watch_job(*job, target, options_.target, observer_) : cancel_job(*job, target);
  if (!end) return about(table, end.error());
  observer_.log(fmt::format("{}: the import that was at work on it, job {}, has {}", table.name, job->id,
                            end->status == "succeeded" ? end->status : "ended: " + end->status));
  if (end->status != "succeeded" || !job->last) return Import::not_whole;
  const Result<Rows> counted = target.query("SELECT count(*) FROM " + table.name);
  if (!counted) return about(table, counted.error());
  if (counted->values[0][0] != std::to_string(job->rows)) return Import::not_whole;
  const LoadDetail detail{job->rows, job->rejected};
  if (Result<void> noted = journal_.done(table.step, to_text(detail)); !noted) return noted.error();
  if (Result<void> taken = take_over(table, to_text(detail)); !taken) return taken.error();
  return Import::whole;
}

Result<bool> Loader::find_chunks(Connection& target, Table& table) {
  if (!marks_ || !marks_->kept()) return false;
  Result<ChunkMarks::Found> found = marks_->find(target, table.planned.target());
  if (!found) return about(table, found.error());
  if (!marks_->known() && found->rows > 0) {
    return Error{
        Error::Kind::usage,
        fmt::format("{} holds {}, and what this run noted on the target (pg2crdb.chunks) is gone: "
                    "a run with a copy of the journal {} has ended it, or somebody removed it",
                    table.name, counted(found->rows, "row"), journal_.path()),
        {},
        "nothing was changed now. If the load has ended, `pg2crdb verify` compares its rows; if these "
        "rows are worth nothing, empty the table (TRUNCATE) and resume again"};
  }
  if (!marks_chunks() || !found->whole) return false;
  // Which rows of a chunk were rejected stands in the file alone.
  if (!options_.reject_file.empty() && rejects_.holds(table.planned.target())) return false;
  table.there = std::move(found->marks);
  observer_.log(
      fmt::format("{}: goes on behind {} that arrived before", table.name, counted(found->rows, "row")));
  return true;
}

Result<void> Loader::take_over(Table& table, const std::string& detail) {
  const std::optional<LoadDetail> before = parse_load_detail(detail);
  if (!before) {
    return Error{Error::Kind::usage,
                 fmt::format("the journal {} does not say how many rows {} got", journal_.path(), table.name),
                 {},
                 "empty the target, remove the journal and start anew"};
  }
  table.wanted = false;
  table.done = true;
  table.loaded = before->rows;
  table.rejected = before->rejected;
  bad_rows_ += before->rejected;
  return {};
}

Result<void> Loader::check_empty(Connection& target, Table& table) const {
  const bool may_be_missing = options_.source.empty() && table.planned.data.empty();  // made behind the load
  const Result<bool> empty = check_is_empty(
      target, table.planned, may_be_missing,
      "empty it (TRUNCATE); a load that was stopped goes on with --resume and the same --state-dir");
  if (!empty) {
    Error error = empty.error();
    if (error.advice.empty()) error.advice = kResume;
    return error;
  }
  if (*empty) return {};
  table.wanted = false;
  table.done = true;
  return {};
}

Result<void> Loader::make_empty(Connection& target, Table& table, std::string_view why) {
  observer_.log(fmt::format("{}: emptied, {}", table.name, why));
  table.there.clear();
  Result<void> emptied = target.execute("TRUNCATE TABLE " + table.name);
  // Foreign keys refer to it, its schema is locked, the user may not. Small steps, since CockroachDB bounds a
  // transaction's size.
  if (!emptied && !emptied.error().sqlstate.empty()) {
    const std::string sql = target.is_cockroachdb()
                                ? "DELETE FROM " + table.name + " WHERE true LIMIT 10000 RETURNING 1"
                                : "DELETE FROM " + table.name + " WHERE true";
    emptied = {};
    while (true) {
      Result<Rows> deleted = target.query(sql);
      if (!deleted) emptied = deleted.error();
      if (!deleted || deleted->size() == 0) break;
    }
  }
  if (!emptied) return about(table, emptied.error());
  if (!marks_ || !marks_->kept()) return {};
  return marks_->forget(target, table.planned.target());
}

}  // namespace pg2crdb
