#pragma once
#include <string>
#include <vector>

#include "runtime/connection.h"
#include "support/result.h"

namespace pg2crdb {

/// One moment of a live PostgreSQL, which several processes read.
struct SharedMoment {
  Connection session;        ///< holds it
  std::string snapshot;      ///< exported by the session: others may read the same while it lives
  std::string transactions;  ///< the database's
  std::string moment;        ///< the database and its transactions: the same text is the same rows
};

/// Reads the source as one of `snapshots` has it, the first whose session still lives; where there is none,
/// as it is now. An error (Kind::usage) where that is another moment than `wanted`; empty: any.
Result<SharedMoment> share_moment(const std::string& url, const std::vector<std::string>& snapshots,
                                  const std::string& wanted);

}  // namespace pg2crdb
