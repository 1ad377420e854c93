#include "driver/findings_by_place.h"

#include <algorithm>

namespace pg2crdb {

FindingsByPlace::FindingsByPlace(const JudgedFindings& findings) {
  for (size_t i = 0; i < findings.diagnostics.size(); ++i) {
    const Span& span = findings.diagnostics[i].span;
    places_.push_back({span.file, span.begin, i});
  }
  std::ranges::sort(places_);
}

std::vector<size_t> FindingsByPlace::within(const Span& statement) const {
  std::vector<size_t> found;
  const auto first = std::ranges::lower_bound(places_, Place{statement.file, statement.begin, 0});
  for (auto one = first; one != places_.end() && one->file == statement.file && one->begin < statement.end;
       ++one)
    found.push_back(one->finding);
  return found;
}

}  // namespace pg2crdb
