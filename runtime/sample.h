#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "runtime/compare.h"
#include "support/result.h"

namespace pg2crdb {

/// How many of each table's rows are compared, where that is not all of them.
struct Sample {
  uint64_t rows = 0;   ///< of each table; 0: `percent`
  double percent = 0;  ///< of each table's rows

  bool wanted() const { return rows > 0 || percent > 0; }
  /// Of a table of `all` rows; at least one where it has any.
  uint64_t of(uint64_t all) const;
};

/// "1000", "2.5%": a usage error of anything else, and of 0.
Result<Sample> parse_sample(std::string_view text);

/// The number that all choices of rows begin with.
inline constexpr uint64_t sample_seed = 42;

/// Which of a table's rows are the sample, in the order in which they are read: the same ones each time, one
/// by chance of each of so many equal pieces of the table.
class ChosenRows {
 public:
  /// `wanted` of `all`, no more than those.
  ChosenRows(uint64_t all, uint64_t wanted);
  /// Whether the next row is one.
  bool next();

 private:
  void choose();

  uint64_t all_;
  uint64_t wanted_;
  uint64_t piece_ = 0;
  uint64_t chosen_ = 0;
  uint64_t row_ = 0;
};

/// The other side's rows with these rows' keys.
using LookUp = std::function<std::unique_ptr<RowStream>(const std::vector<Difference::Row>& rows)>;

/// Compares the source's rows for which `chosen` is true, asked once for each in their order, with those of
/// the target that have their keys; the table has one. What is extraneous on the target is not seen. Memory
/// is bounded: rows are looked up some hundred at a time.
Result<Comparison> compare_sample(const ComparedTable& table, RowStream& source,
                                  const std::function<bool()>& chosen, const LookUp& look_up,
                                  const CompareOptions& options);

}  // namespace pg2crdb
