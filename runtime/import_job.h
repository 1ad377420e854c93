#pragma once
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
  std::string id;
  uint64_t rows = 0;      ///< that the table holds once it has succeeded
  uint64_t rejected = 0;  ///< rows of the table that were not sent
  bool last = false;      ///< of the table's
};

/// Keeps in the journal which job is at work on a table.
Result<void> note_job(Journal& journal, const ObjectName& table, const ImportJob& job);
/// Nothing where no job is known.
std::optional<ImportJob> noted_job(const Journal& journal, const ObjectName& table);

/// How a job ended: "succeeded", "failed", "canceled", or "paused", which the cluster does to one that runs
/// out of disk; "unknown" where the cluster knows no such job.
struct JobEnd {
  std::string status;
  std::string error;
};

/// Waits for its end, asking again where the connection is lost and the cluster comes back within a minute.
/// One that does not move for a minute is logged, with `files`, which its nodes are to fetch. A stop that is
/// requested cancels it, and is an error.
Result<JobEnd> watch_job(const ImportJob& job, Connection& target, const std::string& url,
                         Observer& observer);

/// Cancels it where it is not at its end, and waits for that. Also where a stop is requested.
Result<JobEnd> cancel_job(const ImportJob& job, Connection& target);

}  // namespace pg2crdb
