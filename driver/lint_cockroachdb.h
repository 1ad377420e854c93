#pragma once
#include <string>
#include <vector>

#include "driver/compile.h"

namespace pg2crdb {

/// `lint --dialect cockroachdb`: reads each of `names` as SQL for CockroachDB, statement by statement, with
/// its grammar. Rows of COPY and lines for psql are passed over.
Result<Compiled> lint_cockroachdb(const Options& options, const std::vector<std::string>& names);

}  // namespace pg2crdb
