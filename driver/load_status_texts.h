#pragma once
#include <span>
#include <string>

#include "runtime/load_status.h"

namespace pg2crdb {

/// For people, the newest load first.
std::string status_text(std::span<const LoadStatus> loads);
/// One object, `loads` in it; durations in seconds.
std::string status_json(std::span<const LoadStatus> loads);
/// Of the newest load, in Prometheus' text format.
std::string status_prometheus(std::span<const LoadStatus> loads);

}  // namespace pg2crdb
