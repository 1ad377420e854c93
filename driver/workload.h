#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "support/result.h"

namespace pg2crdb {

/// A statement of an application; others that differ from it in constants and comments alone are counted
/// with it.
struct WorkloadStatement {
  /// Without semicolon, as it was met first; `''` stands for constants of a type, as of `INTERVAL $1`.
  std::string sql;
  uint64_t begin = 0;   ///< bytes of the file; what stands in it behind doubled quotes is farther on there
  uint64_t line = 0;    ///< from 1
  uint64_t column = 0;  ///< from 1, in characters
  uint64_t calls = 0;
  double milliseconds = 0;  ///< all calls together, as far as the file says so
};

/// What an application asked a server.
struct Workload {
  std::string path;
  std::vector<WorkloadStatement> statements;  ///< temporary tables, then the most called first
  uint64_t calls = 0;                         ///< of all of these
  uint64_t changes_of_schema = 0;             ///< statements that are not among them: CREATE TABLE ...
  uint64_t hidden = 0;                        ///< whose text the reader was not allowed to see
};

/// Reads what PostgreSQL counted or logged: pg_stat_statements as CSV with a header, of which `query` and
/// `calls` are needed, or a log, as csvlog or as lines with any prefix, with what log_statement,
/// log_min_duration_statement and auto_explain write. Fails where the file cannot be read or has no
/// statement.
Result<Workload> read_workload(const std::string& path);

}  // namespace pg2crdb
