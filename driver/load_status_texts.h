#pragma once
#include <span>
#include <string>

#include "runtime/load_status.h"

namespace pg2crdb {

/// For people, as load_status() has them.
std::string status_text(std::span<const LoadStatus> loads);
/// One object, `loads` and `verifications` in it; durations in seconds.
std::string status_json(std::span<const LoadStatus> loads);
/// Of the newest load and of the newest verification, in Prometheus' text format.
std::string status_prometheus(std::span<const LoadStatus> loads);

}  // namespace pg2crdb
