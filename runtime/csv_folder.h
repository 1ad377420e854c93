#pragma once
#include <string>

#include "plan/load_plan.h"
#include "support/result.h"

namespace pg2crdb {

/// Makes the files of a folder the rows of the plan's tables: `schema.table.csv` or `table.csv`, also packed
/// (`.gz`, `.zst`), as `COPY table TO ... (FORMAT csv, HEADER)` writes them. The first record names the
/// columns; a column that it does not name gets its default. Each file is read once, for its length, its
/// SHA-256 and its number of rows. An error (Kind::usage) names what would be left behind: a file of no
/// table, a column that the table does not have, rows that the plan has already.
Result<void> take_rows_of_folder(LoadPlan& plan, const std::string& folder);

/// An error (Kind::usage) names the tables that no file of the folder was of. Those without columns have
/// none.
Result<void> check_files_of_tables(const LoadPlan& plan, const std::string& folder);

}  // namespace pg2crdb
