#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plan/object_name.h"
#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// What of a table's rows one worker loads in one go: of a dump bytes of one of the table's blocks, whole
/// rows, of a live source a range of pages. What one compares: a range of keys, which
/// verify_worker.cpp writes into the same numbers.
struct Part {
  ObjectName table;     ///< on the target; of no name: the end of the work, behind all others
  uint64_t number = 0;  ///< within the table, from 0
  uint64_t block = 0;   ///< index in LoadPlan::Table::data; behind the last: all of them
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t first_line = 0;
  std::optional<uint64_t> rows = {};  ///< as far as that is known before they are read

  bool is_end() const { return table.name.empty(); }
};

/// What workers share.
enum class SharedWork { load, verification };

/// The right to work on a part. Each lease of a part has a higher number than the one before it: whoever
/// holds an older one can write no more.
struct Lease {
  Part part;
  uint64_t number = 0;
  std::string worker;           ///< the session that holds it
  std::string previous_worker;  ///< the one whose lease ran out; empty: the part was free
};

/// Who works on which part of a load that several workers share: `pg2crdb.loads`, `pg2crdb.parts` and
/// `pg2crdb.workers` on the target; of a verification `pg2crdb.verifications` and `pg2crdb.verified_parts`.
/// Time is the database's alone; a worker's own clock is never asked.
///
/// A lease that has run out may be taken by another worker, and until it is, its holder may go on. What
/// decides is the lease's number: hold() is called in the transaction that writes rows, and locks the part's
/// row until that ends, so that no lease changes hands in between.
class Leases {
 public:
  /// `run` is the same for workers of the same plan, inputs and options. A lease lasts `seconds`.
  Leases(std::string run, unsigned seconds, SharedWork work = SharedWork::load)
      : run_(std::move(run)), seconds_(seconds), work_(work) {}

  const std::string& run() const { return run_; }
  unsigned seconds() const { return seconds_; }

  /// Makes the tables where they are not there.
  static Result<void> make_tables(Connection& target, SharedWork work = SharedWork::load);

  /// Whether parts that were verified tell of rows that kept changing: a table that was made before they did
  /// has no such column, and make_tables() adds it.
  static Result<bool> has_changing(Connection& target);

  /// What all workers have in common, as the first one noted it.
  struct Load {
    uint64_t chunk_bytes = 0;
    std::string moment;  ///< of a live source; of a verification both sides'
  };
  Result<std::optional<Load>> find(Connection& target) const;

  /// Writes the load, all its parts and the first worker, who shares `snapshot`: all or nothing. False where
  /// another worker was faster. An error (Kind::usage) where another load has one of the tables.
  Result<bool> begin(Connection& target, const Load& load, std::span<const Part> parts,
                     std::string_view worker, std::string_view snapshot) const;

  /// Notes a worker, and the snapshot of the live source that it shares while it lives, if any.
  Result<void> enter(Connection& target, std::string_view worker, std::string_view snapshot) const;
  /// The snapshots that workers shared who were seen last, the latest first.
  Result<std::vector<std::string>> snapshots(Connection& target) const;
  Result<void> leave(Connection& target, std::string_view worker) const;
  /// The worker lives, and these of its sessions keep the leases that they hold.
  Result<void> beat(Connection& target, std::string_view worker, std::span<const std::string> sessions) const;

  /// The next part that nobody has, whose lease has run out, or that was refused before `worker` came; the
  /// end once all others are done. Nothing where there is none now. `session` is the name of the connection
  /// that is going to write, and of no other, ever.
  Result<std::optional<Lease>> take(Connection& target, std::string_view worker,
                                    std::string_view session) const;

  /// In the transaction that writes `rows` rows of the part, behind them: false where the lease is another's
  /// by now, and the transaction has to be rolled back. Also makes the lease longer.
  Result<bool> hold(Connection& target, const Lease& lease, uint64_t rows) const;
  /// All its rows are there. False as above.
  Result<bool> done(Connection& target, const Lease& lease) const;
  /// Others may have at once what the session holds: also where it is gone, and nobody knows what became of
  /// its last take().
  Result<void> give_back(Connection& target, std::string_view session) const;
  /// The target refuses some of its rows: no worker who is there by now tries again.
  Result<void> refuse(Connection& target, const Lease& lease, std::string_view why) const;

  struct Left {
    uint64_t free = 0, leased = 0,
             refused =
                 0;  ///< parts, without the end; free are also those that were refused before the worker came
    bool ended = false;       ///< the end is done, too
    std::string why_refused;  ///< of one of them
  };
  Result<Left> left(Connection& target, std::string_view worker) const;

  struct LoadedPart {
    ObjectName table;
    uint64_t rows = 0;
    std::optional<uint64_t> expected;
  };
  /// The parts' sums by table, all of them done.
  Result<std::vector<LoadedPart>> loaded(Connection& target) const;

  /// The condition on the table of parts that the lease is not another's by now.
  std::string still_held(const Lease& lease) const;

 private:
  static Result<void> add_changing(Connection& target);
  std::string is_part(const ObjectName& table, uint64_t part) const;

  std::string run_;
  unsigned seconds_;
  SharedWork work_;
};

/// The tables of one kind of work.
struct SharedTables {
  std::string_view runs, parts;
};
SharedTables shared_tables(SharedWork work);

/// Runs `body` in a transaction until it is not told 40001 any more, at most ten times. It is rolled back
/// where `body` or COMMIT fails.
Result<void> in_transaction(Connection& target, const std::function<Result<void>()>& body);

/// Ends the sessions of that name (application_name), whose transaction may be in the way. Where the user may
/// not, or the server cannot, they end by themselves: what is in the way then is waited for.
void end_sessions(Connection& target, std::string_view name);

}  // namespace pg2crdb
