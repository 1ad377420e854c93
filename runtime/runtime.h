#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/journal.h"
#include "support/result.h"

namespace pg2crdb {

/// What the runtime tells a person while it works. Called from several threads; implementations lock.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void log(std::string_view line) = 0;                         ///< one finished line, no line end
  virtual void rows_moved(std::string_view table, uint64_t rows) = 0;  ///< more rows arrived
};

/// Set by a signal handler: every stage stops at its next safe point with Error::Kind::interrupted.
extern std::atomic<bool> stop_requested;

enum class LoadMethod { copy, import_into };

struct LoadOptions {
  std::string source;  ///< URL of a live PostgreSQL; empty: the rows lie in the plan's inputs
  std::string target;  ///< URL
  LoadMethod method = LoadMethod::copy;
  /// Where import files go. Empty: a temporary directory. A directory: there. Both are served on loopback
  /// under a random path while the load runs. A URL prefix ("http://...", "s3://...", "nodelocal://..."): the
  /// files are written to `state_dir`/files, and the cluster fetches <prefix>/<name>: making that so is up to
  /// the person.
  std::string host_files;
  std::string state_dir;  ///< only needed with a URL prefix in `host_files`
  std::string compress = "none";
  uint64_t row_limit = 0;                 ///< rows a table; 0: all
  unsigned jobs = 0;                      ///< 0: the number of cores
  uint64_t memory = uint64_t{256} << 20;  ///< bytes, hard cap on rows in flight
  uint64_t max_bad_rows = 0;
  std::string reject_file;  ///< where refused rows go, empty: none allowed to go anywhere
};

struct LoadedTable {
  std::string table;
  uint64_t rows = 0;
  uint64_t rejected = 0;
  int64_t index_entries = -1;  ///< as IMPORT INTO reports; -1 with COPY
};

/// Runs the plan's statements of one phase ("roles", "pre-data", "post-data", "revalidate"), one by one,
/// those the journal has left out. The error names statement, dump file and line.
Result<void> apply_phase(const LoadPlan& plan, std::string_view phase, const std::string& target,
                         Journal& journal, Observer& observer);

/// Moves the rows of every table of the plan. Each table must be empty (or interrupted by a run that the
/// journal knows: then it is emptied first). Counts what the target took against what was read; a difference
/// is an error, never a success.
Result<std::vector<LoadedTable>> load(const LoadPlan& plan, const LoadOptions& options, Journal& journal,
                                      Observer& observer);

struct Revalidated {
  std::string table;
  std::string constraint;
  std::string kind;  ///< "FOREIGN KEY", "CHECK"
};

/// Finds every constraint of the database's user schemas that is not validated (SHOW CONSTRAINTS) and
/// validates it. All are tried; the error names those that failed, with the server's words (the row that
/// breaks it).
Result<std::vector<Revalidated>> revalidate(const std::string& target, Observer& observer);

/// Sets each sequence of the plan to its value (the dump's setval, or the live source's).
Result<void> set_sequences(const LoadPlan& plan, const std::string& source, const std::string& target,
                           Journal& journal, Observer& observer);

struct VerifyOptions {
  std::string source;  ///< URL of a live PostgreSQL; empty: the plan's inputs
  std::string target;
  uint64_t row_limit = 0;  ///< the load was limited to so many rows a table: extraneous cannot be told then,
                           ///< missing rows beyond are expected
  unsigned jobs = 0;
  uint64_t max_reported = 100;  ///< differences printed a table; all are counted
  bool json_log = false;
};

struct VerifiedTable {
  std::string table;
  uint64_t truth_rows = 0, success = 0, missing = 0, mismatch = 0, extraneous = 0;
};

/// Compares every row of every table of the plan, keyless tables included, as multisets. Logs as design of
/// the CLI says. An error is Kind::differs where rows differ, Kind::interrupted where it could not be
/// checked.
Result<std::vector<VerifiedTable>> verify(const LoadPlan& plan, const VerifyOptions& options,
                                          Observer& observer);

}  // namespace pg2crdb
