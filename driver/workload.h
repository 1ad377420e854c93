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

  /// A query or a change of rows in it.
  struct Part {
    size_t begin = 0;  ///< bytes of `sql`
    std::string text;
  };
  /// In their order: all of the statement, what PREPARE and its kin hold, or none.
  std::vector<Part> parts = {};
};

/// What a file says of statements that it does not show, or not whole.
struct UnseenStatements {
  std::string what;       ///< "are EXECUTE of what the file does not PREPARE"
  uint64_t count = 0;     ///< of such statements, rows or lines
  uint64_t begin = 0;     ///< of the first: as of WorkloadStatement
  uint64_t line = 0;      ///< from 1
  uint64_t column = 0;    ///< from 1, in characters
  std::string text;       ///< what stands there
  bool as_meant = false;  ///< changes of the schema, which the application need not be asked about
};

/// What an application asked a server.
struct Workload {
  std::string path;
  std::vector<WorkloadStatement> statements;  ///< temporary tables, then the most called first
  std::vector<UnseenStatements> unseen;       ///< one of a kind
};

/// Of all of its statements.
uint64_t calls_of(const Workload& workload);

/// Reads what PostgreSQL counted or logged: pg_stat_statements as CSV with a header, of which `query` and
/// `calls` are needed, or a log, as csvlog or as lines with any prefix, with what log_statement,
/// log_min_duration_statement and auto_explain write. Fails where the file cannot be read, is of syslog,
/// which cuts statements, or has no statement that can be looked at.
Result<Workload> read_workload(const std::string& path);

}  // namespace pg2crdb
