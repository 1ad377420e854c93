#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

struct VerifyWorkerOptions {
  VerifyOptions verify;   ///< all rows, without a journal and a certificate
  std::string same_work;  ///< hexadecimal, the same for workers of the same plan, inputs and options
  unsigned lease_seconds = 60;
};

struct VerifiedTogether {
  uint64_t parts = 0;                 ///< that this worker compared
  uint64_t rows = 0;                  ///< the source's, of them
  std::vector<VerifiedTable> tables;  ///< what all workers found
  std::string began;                  ///< when; both sides are compared as they were then
};

/// Takes part in a verification that any number of workers share, and returns when all tables and the schema
/// are compared. Of a live source a large table whose key begins with an integer is divided by keys, and all
/// workers read it and the target as they were when the verification began. A worker joins the one that is
/// under way while those moments can be read; otherwise, and behind the end, it begins another. An error is
/// Kind::differs where anything differs, whoever found it; Kind::interrupted where this worker was stopped,
/// lost a server for long, or tables could not be compared.
Result<VerifiedTogether> verify_together(const LoadPlan& plan, const VerifyWorkerOptions& options,
                                         Observer& observer);

}  // namespace pg2crdb
