#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "runtime/compare.h"
#include "support/result.h"

namespace pg2crdb {

/// So many rows are asked again at the most: where more differ, it is not because of writes on their way.
inline constexpr uint64_t most_asked_again = 10'000;

/// What is waited before each look.
std::span<const std::chrono::milliseconds> waits_before_looks();

/// Both sides at one moment.
struct Look {
  /// Compares the rows that have the keys of these.
  std::function<Result<Comparison>(const std::vector<Difference::Row>& rows)> compare;
  bool written = false;  ///< the source was, since the look before
};

struct Looks {
  Look then;                          ///< when all rows were compared
  std::function<Result<Look>()> now;  ///< each time at a moment of its own
};

struct AskedAgain {
  Comparison found;        ///< of all rows; those that differ still with the values of the last look
  uint64_t equal_now = 0;  ///< rows that differed at first
  uint64_t changing = 0;   ///< rows that differ, and were others at the last look than at the one before
};

/// Asks again for the rows that `found` has as differing, on both sides by their keys, until none differs any
/// more or nothing has moved between two looks, and at most as often as there are `waits`. Nothing where
/// `then` does not find the same differences: their keys do not lead to these rows.
Result<std::optional<AskedAgain>> ask_again(const Comparison& found, const Looks& looks,
                                            std::span<const std::chrono::milliseconds> waits);

/// How many rows both sides have.
struct RowCounts {
  uint64_t source = 0;
  uint64_t target = 0;
  bool operator==(const RowCounts&) const = default;
};

struct CountedLook {
  RowCounts counts;      ///< at one moment
  bool written = false;  ///< the source was, since the look before
};

/// Counts again until both sides have as many rows or nothing has moved between two looks, and at most as
/// often as there are `waits`: the counts of the last look.
Result<RowCounts> count_again(RowCounts found, const std::function<Result<CountedLook>()>& now,
                              std::span<const std::chrono::milliseconds> waits);

}  // namespace pg2crdb
