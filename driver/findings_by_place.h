#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "driver/findings.h"
#include "support/span.h"

namespace pg2crdb {

/// Findings by the places that they speak of, so that those of each statement need no search through all.
class FindingsByPlace {
 public:
  /// Of findings to which none are added while this is asked.
  explicit FindingsByPlace(const JudgedFindings& findings);

  /// The numbers of those that begin in a statement; by their places there.
  std::vector<size_t> within(const Span& statement) const;

 private:
  struct Place {
    uint32_t file;
    uint64_t begin;
    size_t finding;
    auto operator<=>(const Place&) const = default;
  };
  std::vector<Place> places_;
};

}  // namespace pg2crdb
