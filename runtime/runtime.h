#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/compare.h"
#include "runtime/journal.h"
#include "runtime/sample.h"
#include "support/result.h"

namespace pg2crdb {

/// What the runtime tells a person while it works. Called from several threads; implementations lock.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void log(std::string_view line) = 0;                ///< one finished line, no line end
  virtual void problem(std::string_view line) { log(line); }  ///< one that is wanted without --verbose
  /// More rows arrived, of so many bytes as they were read; 0 where that is not counted.
  virtual void rows_moved(std::string_view table, uint64_t rows, uint64_t bytes) = 0;
};

/// Set by a signal handler: every stage stops at its next safe point with Error::Kind::interrupted.
extern std::atomic<bool> stop_requested;

enum class LoadMethod { copy, import_into };

struct LoadOptions {
  std::string source;  ///< URL of a live PostgreSQL; empty: the rows lie in the plan's inputs
  std::string target;  ///< URL
  LoadMethod method = LoadMethod::copy;
  /// Where import files go. Empty: a temporary directory. A directory: there. Both are served on loopback
  /// under a random path while the load runs. "s3://BUCKET/...": ObjectLocation. Another URL prefix
  /// ("http://...", "nodelocal://..."): the files are written to a folder in `state_dir`/files, and the
  /// cluster fetches <prefix>/<folder>/<name>: making that so is up to the person.
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
  ObjectName table;  ///< on the target
  uint64_t rows = 0;
  uint64_t rejected = 0;
};

/// How the journal calls the statement with this index in the plan, and a table's load.
Step apply_step(std::string_view phase, size_t statement);
Step load_step(const ObjectName& table);
/// The statements of these phases; the loads of the tables that have rows, as far as the plan can tell: of
/// all tables with a live `source`.
std::vector<Step> apply_steps(const LoadPlan& plan, std::span<const std::string> phases);
std::vector<Step> load_steps(const LoadPlan& plan, const std::string& source);

/// Compares what the journal calls done with the target: it has to be the database that the run began with,
/// all tables have to be there once the journal has their phase as applied, and each table that it calls
/// loaded has to hold as many rows as when it was loaded (one SELECT count(*) each). The error (Kind::usage)
/// names what changed; nothing is changed by asking. In a new journal it notes which database the run begins
/// with. `steps` is what is about to be done: where the journal's run has ended, and was of the same plan and
/// database, it is gone on with if some of them are left, as phases not yet run are; else that is an error
/// (Kind::usage), as is a privilege that the user lacks for `steps`. Says where the cluster is older than the
/// plan's target. To be called before anything else is done to the target.
Result<void> check_target(const LoadPlan& plan, const std::vector<Step>& steps, const std::string& url,
                          Journal& journal, Observer& observer);

/// An error (Kind::usage) where the source and the target are one database: rows would be written into the
/// source, or compared with themselves.
Result<void> check_source_is_another(const std::string& source, const std::string& target);

/// Says which rows of `defects.def` the cluster's patch has, where they concern the method. An error only
/// where the cluster cannot be reached.
Result<void> name_defects(const std::string& url, LoadMethod method, Observer& observer);

/// A dump of rows alone says nothing of its tables: their types, computed columns and keys come from the
/// target, where they have to be by now. Nothing is asked where the plan has them.
Result<void> take_types_from_target(LoadPlan& plan, const std::string& url);

/// Looks for columns of the plan that are GENERATED ALWAYS AS IDENTITY on the target: an error (Kind::usage)
/// with COPY, which may not write them.
Result<void> check_identities(const LoadPlan& plan, const LoadOptions& options);

/// What is known of a table's rows before they are read.
struct ExpectedRows {
  uint64_t rows = 0;
  uint64_t bytes = 0;
};
/// By the tables' names on the target, as SQL has them: what the plan's inputs hold, each table's at most
/// `row_limit` (0: all), or what a live source's statistics say. Empty where the source does not tell.
std::map<std::string, ExpectedRows> expected_rows(const LoadPlan& plan, const std::string& source,
                                                  uint64_t row_limit);

/// Looks for foreign keys between tables that are yet to be loaded, as `apply` of all phases makes them. COPY
/// would have valid rows refused by them: an error (Kind::usage) names them. IMPORT INTO leaves them not
/// validated, which is logged.
Result<void> check_foreign_keys(const LoadPlan& plan, const LoadOptions& options, const Journal& journal,
                                Observer& observer);

/// Reads every input that rows of the plan lie in, and compares length and SHA-256 with the plan's. The error
/// (Kind::usage) says what differs. Standard input is passed over: it can be read but once.
Result<void> check_inputs(const LoadPlan& plan);

/// Runs the plan's statements of one phase ("roles", "pre-data", "post-data", "revalidate"), one by one,
/// those the journal has left out. The error names statement, dump file and line.
Result<void> apply_phase(const LoadPlan& plan, std::string_view phase, const std::string& target,
                         Journal& journal, Observer& observer);
/// The same for statements of one phase by their numbers in the plan.
Result<void> apply_statements(const LoadPlan& plan, std::span<const size_t> statements,
                              const std::string& target, Journal& journal, Observer& observer);

/// Moves the rows of every table of the plan. Each table must be empty (or interrupted by a run that the
/// journal knows: then it is emptied first). Counts what the target took against what was read; a difference
/// is an error, never a success. The inputs' SHA-256 is computed on the way and compared with the plan's,
/// where they are read whole: without `row_limit`.
Result<std::vector<LoadedTable>> load(const LoadPlan& plan, const LoadOptions& options, Journal& journal,
                                      Observer& observer);

/// Counts the tables' rows on the target: what was loaded has to be there, and nothing else. An error
/// (Kind::differs) names those that hold more or less.
Result<void> count_loaded(const std::vector<LoadedTable>& tables, const std::string& url);

struct Revalidated {
  ObjectName table;
  std::string constraint;
  std::string kind;  ///< "FOREIGN KEY", "CHECK"
};

/// Finds every constraint of the database's user schemas that is not validated (SHOW CONSTRAINTS) and
/// validates it. All are tried; the error names those that failed, with the server's words (the row that
/// breaks it), and is Kind::differs where all of them are broken by rows. The rows that break one are logged,
/// at most `max_named_rows` of each.
Result<std::vector<Revalidated>> revalidate(const std::string& target, Observer& observer,
                                            uint64_t max_named_rows = 100);

/// Sets each sequence of the plan to its value (the dump's setval, or the live source's), at each run again.
Result<void> set_sequences(const LoadPlan& plan, const std::string& source, const std::string& target,
                           Observer& observer);

struct VerifiedTable {
  ObjectName table;  ///< on the target
  uint64_t truth_rows = 0, success = 0, missing = 0, mismatch = 0, extraneous = 0;
  uint64_t changing = 0;  ///< of those that differ: they were others at each look
  // Where all rows were read in this run:
  HashedRows source = {}, target = {};
  std::vector<std::string> columns = {};   ///< on the target, in the order in which they are hashed; none:
                                           ///< rows were counted
  std::vector<std::string> left_out = {};  ///< columns that were not compared
};

/// All that was compared, be it equal or not.
struct Verified {
  std::vector<VerifiedTable> tables;
  uint64_t schema_differences = 0;
};

struct VerifyOptions {
  std::string source;  ///< URL of a live PostgreSQL; empty: the plan's inputs
  std::string target;
  /// Where it is noted which tables were found equal. Those that it has already are left out.
  Journal* journal = nullptr;
  uint64_t row_limit = 0;  ///< the load was limited to so many rows a table: extraneous cannot be told then,
                           ///< missing rows beyond are expected
  unsigned jobs = 0;
  uint64_t max_reported = 100;    ///< differences printed a table; all are counted
  bool left_unvalidated = false;  ///< constraints, on purpose: rows that they speak of were left out
  /// Known to be: what it makes has to be there. Else the target shows whether it is.
  bool post_data_applied = false;
  Sample sample;  ///< without one, all rows are compared
  /// With a live source, and all rows: the databases hash them, and only those travel whose hashes differ.
  /// Without HashedRows.
  bool push_down = false;
  bool json_log = false;
  Verified* verified = nullptr;  ///< is filled where the comparison came to its end
};

/// Compares every row of every table of the plan, keyless tables included, as multisets. With a sample, the
/// rows of a table that has a key are counted, and some of them compared. Logs as design of the CLI
/// says. An error is Kind::differs where rows differ, Kind::interrupted where it could not be
/// checked.
Result<std::vector<VerifiedTable>> verify(const LoadPlan& plan, const VerifyOptions& options,
                                          Observer& observer);

}  // namespace pg2crdb
