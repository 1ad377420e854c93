#pragma once
#include <cstdint>
#include <string>

#include "plan/load_plan.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// Bytes of a row that CockroachDB logs from 26.2 on, where it refuses rows above 80 MiB; before, 64 MiB and
/// 512 MiB, which a row of more than kv.raft.command.max_size, 64 MiB, does not come to.
inline constexpr uint64_t large_row = uint64_t{16} << 20;

/// Says which of the plan's tables have rows of more than `large_row` bytes in the source, a live PostgreSQL.
/// Tables without a value that lies outside of its row have none and are not read; of the others, the values
/// that lie outside are measured and, but for texts of JSON, XML, arrays and the like, not fetched.
Result<void> name_large_rows(const LoadPlan& plan, const std::string& source, Observer& observer);

}  // namespace pg2crdb
