#include <fmt/format.h>

#include <optional>

#include "runtime/cluster_version.h"
#include "runtime/connection.h"
#include "runtime/runtime.h"
#include "target/defects.h"

namespace pg2crdb {

Result<void> name_defects(const std::string& url, LoadMethod method, Observer& observer) {
  Result<Connection> target = Connection::open(url);
  if (!target) return target.error();
  const std::optional<Version> runs = program_version(*target);
  if (!runs) return {};
  for (const Defect& defect : defects_of(*runs)) {
    if (defect.concerns == Defect::Concerns::import_into && method != LoadMethod::import_into) continue;
    observer.problem(fmt::format("CockroachDB {} has a known defect: {} ({}); it is mended in {}",
                                 to_string(*runs), defect.sentence, defect.evidence,
                                 to_string(defect.fixed)));
  }
  return {};
}

}  // namespace pg2crdb
