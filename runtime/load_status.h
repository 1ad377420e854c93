#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan/object_name.h"
#include "runtime/leases.h"
#include "support/result.h"

namespace pg2crdb {

/// What the target holds of a load, or of a verification, that workers share. Seconds are the database's.
struct LoadStatus {
  struct Parts {
    uint64_t free = 0, leased = 0, refused = 0, done = 0;
    uint64_t all() const { return free + leased + refused + done; }
  };
  struct Table {
    ObjectName table;
    Parts parts;
    uint64_t rows = 0;                 ///< that arrived; of the source's, those that were compared
    std::optional<uint64_t> expected;  ///< where the input says
    std::string problem;               ///< why rows of it were refused
    uint64_t missing = 0, mismatch = 0, extraneous = 0;  ///< rows, as far as they were compared
    uint64_t changing = 0;                               ///< of them: they were others at each look
    uint64_t differing() const { return missing + mismatch + extraneous; }
  };
  struct Lease {
    ObjectName
        table;  ///< of no name: the end, at which rows are counted and sequences set, or the schema compared
    uint64_t part = 0;
    std::string session;  ///< the worker's name, and which of its sessions
    double age = 0;
    double runs_out_in = 0;  ///< below 0: it has
    uint64_t rows = 0;       ///< of the part so far
  };
  struct Worker {
    std::string name;
    double age = 0;
    double seen = 0;  ///< ago
    bool gone = false;
  };

  SharedWork work = SharedWork::load;
  std::string run;
  double age = 0;  ///< since it began; of one that has ended: how long it took
  bool ended = false;
  bool given_up = false;            ///< another verification with the same words was begun before its end
  uint64_t schema_differences = 0;  ///< known behind the end
  std::vector<Table> tables;        ///< by name
  std::vector<Lease> leases;        ///< the oldest first
  std::vector<Worker> workers;      ///< the newest first

  /// "ended", "given up", "stands still" (nobody is at work), "under way".
  std::string_view state() const;
  Parts parts() const;
  uint64_t rows() const;
  /// A second, since it began.
  double rate() const;
  /// Seconds, at that rate: by rows where all are known, else by parts. Nothing before something arrived, and
  /// where nobody is at work.
  std::optional<double> left() const;
};

/// The loads, then the verifications, each the newest first; an error (Kind::usage) where workers never began
/// one in this database.
Result<std::vector<LoadStatus>> load_status(const std::string& target);

}  // namespace pg2crdb
