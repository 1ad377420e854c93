#pragma once
#include <cstdint>
#include <string>

#include "plan/load_plan.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

struct WorkerOptions {
  std::string source;  ///< URL of a live PostgreSQL; empty: the rows lie in the plan's inputs
  std::string target;
  std::string run;  ///< hexadecimal, the same for workers of the same plan, inputs and options
  unsigned lease_seconds = 60;
  unsigned jobs = 0;                      ///< sessions; 0: the number of cores
  uint64_t memory = uint64_t{256} << 20;  ///< bytes; the first worker's decides how rows are cut
};

struct Worked {
  uint64_t parts = 0;  ///< that this worker loaded
  uint64_t rows = 0;   ///< of them
  uint64_t all_rows = 0;
  uint64_t tables = 0;
};

/// Takes part in a load that any number of workers share, and returns when all rows are there: counted, and
/// the sequences set. The first worker divides the load; its tables have to be empty then. An error is
/// Kind::interrupted where this worker was stopped, lost a server for long, or rows were refused; others go
/// on, and the same words again take part again.
Result<Worked> work(const LoadPlan& plan, const WorkerOptions& options, Observer& observer);

}  // namespace pg2crdb
