#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "runtime/row_source.h"
#include "support/result.h"

namespace pg2crdb {

/// A session with a live source, in a read-only transaction: at `snapshot`, or at one of its own where that
/// is empty. Names inside values come out qualified, as pg_dump has them; a policy that hides rows from this
/// user is an error.
Result<Connection> open_source(const std::string& url, const std::string& snapshot);

/// The session's snapshot, for others to read the same rows while this session lives; empty where the source
/// is a CockroachDB, which has none to give. `url` is for messages.
Result<std::string> export_snapshot(Connection& source, const std::string& url);

/// Which transactions the session sees: where two sessions have the same text, nothing was written in
/// between. Empty where the source is a CockroachDB. `url` is for messages.
Result<std::string> source_transactions(Connection& source, const std::string& url);

/// Pages of a table, from `begin` on, up to `end` where that is not 0.
struct PageRange {
  uint64_t begin = 0;
  uint64_t end = 0;
};

/// The ranges that a table's rows may be read by, each on a connection of its own; one for all where the
/// source cannot find rows by their place, or is too small. They do not depend on how many connections there
/// are.
Result<std::vector<std::vector<PageRange>>> page_ranges(Connection& source, const LoadPlan& plan);

/// A table in the source's FROM: its own rows, without those of tables that inherit from it. Rows of a
/// partitioned table lie in its partitions: they are read through it where the plan has none of them. Fails
/// with SQLSTATE 42P01 where the source has no such table.
Result<std::string> source_table(Connection& source, const LoadPlan& plan, const LoadPlan::Table& table);

/// Fails where a table that the session has read is no longer what its snapshot says: emptied or rewritten
/// (TRUNCATE, ALTER COLUMN TYPE), with another in its place, or without a partition. Its rows of then were
/// gone, and it looked empty. What is asked behind the reading is certain: until the transaction ends, the
/// session's own lock keeps the table as it is.
Result<void> check_was_whole(Connection& source, const LoadPlan::Table& table);

/// The COPY statement that sends a table's own rows of a range, at most `row_limit` (0: all): `columns` by
/// their names in the source. Fails as source_table() does.
Result<std::string> source_copy(Connection& source, const LoadPlan& plan, const LoadPlan::Table& table,
                                const std::vector<std::string>& columns, uint64_t row_limit,
                                const PageRange& range = {});

/// The names in the source of the columns that are loaded.
using SourceColumns = std::shared_ptr<const std::vector<std::string>>;
SourceColumns loaded_source_columns(const LoadPlan::Table& table);

/// Reads a range of a table of the plan, in batches (BatchSink::take) whose part is the range's first page,
/// until `take` says that no more are wanted: false then. Fails as check_was_whole() does.
Result<bool> read_source_part(Connection& source, const LoadPlan& plan, size_t table,
                              const SourceColumns& columns, const PageRange& range,
                              const RowSourceOptions& options, const std::function<bool(Batch)>& take);

/// The COPY statement that sends about so many percent of a table's rows, the same ones each time.
std::string source_sample(const std::string& source_table, const std::vector<std::string>& columns,
                          double percent);

}  // namespace pg2crdb
