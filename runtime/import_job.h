#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "plan/object_name.h"
#include "runtime/connection.h"
#include "runtime/journal.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// An IMPORT INTO ... WITH DETACHED: it belongs to the cluster, and goes on whatever becomes of us.
struct ImportJob {
  std::string id;         ///< empty: it was about to be started, and nobody knows whether it was
  uint64_t rows = 0;      ///< that the table holds once it has succeeded
  uint64_t rejected = 0;  ///< rows of the table that were not sent
  bool last = false;      ///< of the table's
  std::string file;       ///< the end of a file's URL that no other job has, as its description shows it
};

/// Keeps in the journal which job is at work on a table, or about to be.
Result<void> note_job(Journal& journal, const ObjectName& table, const ImportJob& job);
/// Nothing where no job is known.
std::optional<ImportJob> noted_job(const Journal& journal, const ObjectName& table);

/// The number of the job that imports `job.file`, be it at work or ended within half a day; empty where the
/// cluster has none.
Result<std::string> find_job(const ImportJob& job, Connection& target);

/// How a job ended: "succeeded", "failed", "canceled", or "paused", which the cluster does to one that runs
/// out of disk; "unknown" where the cluster knows no such job.
struct JobEnd {
  std::string status;
  std::string error;
};

/// How long a job may stand still.
struct JobPatience {
  std::chrono::milliseconds until_said = std::chrono::seconds(60);
  /// One that has read nothing by then is cancelled: its files cannot be reached, or what serves them hangs.
  std::chrono::milliseconds until_cancelled = std::chrono::minutes(10);
};

/// Waits for its end, asking again where the connection is lost and the cluster comes back within a minute.
/// One that does not move is said, with what its nodes are to fetch, and cancelled where it never began to
/// read, which is an error. A stop that is requested cancels it, and is an error.
Result<JobEnd> watch_job(const ImportJob& job, Connection& target, const std::string& url, Observer& observer,
                         const JobPatience& patience = {});

/// Cancels it where it is not at its end, and waits for that; not where a stop is requested. An error where
/// it does not end within `longest`.
Result<JobEnd> cancel_job(const ImportJob& job, Connection& target,
                          std::chrono::milliseconds longest = std::chrono::minutes(10));

}  // namespace pg2crdb
