#include "diag/diagnostic.h"

#include <algorithm>
#include <tuple>

#include "support/script_order.h"

namespace pg2crdb {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      break;
  }
  return "error";
}

size_t Diagnostics::count(Severity severity) const {
  return static_cast<size_t>(
      std::count_if(all_.begin(), all_.end(), [&](const Diagnostic& d) { return d.severity == severity; }));
}

void Diagnostics::sort() {
  std::stable_sort(all_.begin(), all_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return stands_before(a.span, b.span); });
}

}  // namespace pg2crdb
