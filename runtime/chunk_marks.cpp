#include "runtime/chunk_marks.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <utility>
#include <vector>

#include "runtime/made_tables.h"
#include "target/quote.h"

namespace pg2crdb {
namespace {

const Step chunks_step{"chunks", {}};

std::string of_table(const ObjectName& table) {
  return fmt::format("table_schema = {} AND table_name = {}", quote_literal(table.schema),
                     quote_literal(table.name));
}

Error about_marks(Error error) {
  error.message = "pg2crdb.chunks: " + error.message;
  return error;
}

uint64_t number(const std::string& text, int base = 10) {
  return std::strtoull(text.c_str(), nullptr, base);
}

/// Of a row that begins with part, first_row, row_count and content.
ChunkMarks::Marks::value_type mark_of(const std::vector<std::string>& row) {
  const std::string& content = row[3];
  const size_t half = content.size() / 2;
  return {{number(row[0]), number(row[1])},
          {number(row[2]), {number(content.substr(0, half), 16), number(content.substr(half), 16)}}};
}

Result<void> make_table(Connection& target) {
  return make_tables(
      target,
      {"CREATE TABLE IF NOT EXISTS pg2crdb.chunks (run TEXT, table_schema TEXT, table_name TEXT, part INT8, "
       "first_row INT8, row_count INT8 NOT NULL, content TEXT NOT NULL, "
       "PRIMARY KEY (run, table_schema, table_name, part, first_row))"});
}

}  // namespace

Result<ChunkMarks> ChunkMarks::open(Connection& target, Journal& journal, size_t chunk_bytes) {
  ChunkMarks marks;
  if (Result<void> made = make_table(target); !made) {
    if (made.error().sqlstate != "42501") return about_marks(made.error());
    marks.chunk_bytes_ = chunk_bytes;
    return marks;
  }
  marks.kept_ = true;
  char run[64] = {};
  unsigned long long bytes = 0;
  if (journal.state(chunks_step) == "done" &&
      std::sscanf(journal.detail(chunks_step).c_str(), "run=%63s bytes=%llu", run, &bytes) == 2) {
    marks.run_ = run;
    marks.chunk_bytes_ = bytes;
    const Result<Rows> found = target.query(
        fmt::format("SELECT 1 FROM pg2crdb.chunks WHERE run = {} AND {}", quote_literal(run), of_table({})));
    if (!found) return about_marks(found.error());
    marks.known_ = found->size() > 0;
    return marks;
  }
  marks.run_ = new_run();
  marks.chunk_bytes_ = chunk_bytes;
  const Result<void> noted =
      journal.done(chunks_step, fmt::format("run={} bytes={}", marks.run_, marks.chunk_bytes_));
  if (!noted) return noted.error();
  if (Result<void> begun = marks.note_run(target); !begun) return begun.error();
  return marks;
}

Result<ChunkMarks> ChunkMarks::of_run(Connection& target, std::string run, size_t chunk_bytes) {
  if (Result<void> made = make_table(target); !made) return about_marks(made.error());
  ChunkMarks marks;
  marks.run_ = std::move(run);
  marks.chunk_bytes_ = chunk_bytes;
  marks.kept_ = true;
  return marks;
}

Result<void> ChunkMarks::note_run(Connection& target) {
  const Result<void> noted = target.execute(statement({}, {}, {}));
  if (!noted) return about_marks(noted.error());
  known_ = true;
  return {};
}

Result<ChunkMarks::Found> ChunkMarks::find(Connection& target, const ObjectName& table) const {
  // One statement, and so one moment: what a session of the dead run still commits is in all of it or in
  // nothing.
  const Result<Rows> rows = target.query(fmt::format(
      "SELECT c.part, c.first_row, c.row_count, c.content, (SELECT count(*) FROM {}) FROM (SELECT 1) AS one "
      "LEFT JOIN pg2crdb.chunks AS c ON c.run = {} AND {}",
      quote_name(table.schema, table.name), quote_literal(run_), of_table(table)));
  if (!rows) return about_marks(rows.error());
  Found found;
  for (size_t i = 0; i < rows->size(); ++i) {
    const std::vector<std::string>& row = rows->values[i];
    found.rows = number(row[4]);
    if (rows->nulls[i][0]) continue;
    found.marks.insert(mark_of(row));
  }
  uint64_t marked = 0;
  for (const auto& [place, mark] : found.marks) marked += mark.rows;
  found.whole = marked == found.rows;
  return found;
}

Result<ChunkMarks::Marks> ChunkMarks::find_part(Connection& target, const ObjectName& table,
                                                uint64_t part) const {
  const Result<Rows> rows = target.query(fmt::format(
      "SELECT part, first_row, row_count, content FROM pg2crdb.chunks WHERE run = {} AND {} AND part = {}",
      quote_literal(run_), of_table(table), part));
  if (!rows) return about_marks(rows.error());
  Marks marks;
  for (const std::vector<std::string>& row : rows->values) marks.insert(mark_of(row));
  return marks;
}

std::string ChunkMarks::statement(const ObjectName& table, const ChunkPlace& place, const Mark& mark) const {
  return fmt::format(
      "INSERT INTO pg2crdb.chunks (run, table_schema, table_name, part, first_row, row_count, content) "
      "VALUES ({}, {}, {}, {}, {}, {}, '{:016x}{:016x}')",
      quote_literal(run_), quote_literal(table.schema), quote_literal(table.name), place.part,
      place.first_row, mark.rows, mark.content.low, mark.content.high);
}

Result<std::set<ObjectName>> ChunkMarks::tables(Connection& target) const {
  const Result<Rows> rows =
      target.query("SELECT DISTINCT table_schema, table_name FROM pg2crdb.chunks WHERE table_name <> ''");
  if (!rows) return about_marks(rows.error());
  std::set<ObjectName> tables;
  for (const std::vector<std::string>& row : rows->values) tables.insert({row[0], row[1]});
  return tables;
}

Result<void> ChunkMarks::forget(Connection& target, const ObjectName& table) const {
  Result<void> deleted = target.execute("DELETE FROM pg2crdb.chunks WHERE " + of_table(table));
  if (!deleted) return about_marks(deleted.error());
  return {};
}

Result<void> ChunkMarks::clear(Connection& target) const {
  const Result<void> deleted =
      target.execute("DELETE FROM pg2crdb.chunks WHERE run = " + quote_literal(run_));
  if (!deleted) return about_marks(deleted.error());
  return {};
}

Result<void> ChunkMarks::remove(Connection& target) const {
  Result<void> removed = remove_run(target, "chunks", run_);
  if (!removed) return about_marks(removed.error());
  return {};
}

}  // namespace pg2crdb
