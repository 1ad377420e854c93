#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "plan/object_name.h"
#include "runtime/journal.h"
#include "runtime/key_ranges.h"
#include "support/result.h"

namespace pg2crdb {

/// The keys whose rows a push-down of one table found equal, in the journal: a run that goes on leaves them
/// out.
class EqualKeys {
 public:
  /// What the journal has of the table. `journal` may be null: then nothing is kept.
  EqualKeys(Journal* journal, ObjectName table);

  const std::vector<KeyRange>& ranges() const { return ranges_; }  ///< in order; neighbours are one
  uint64_t rows() const { return rows_; }                          ///< in them
  std::vector<KeyRange> others() const;                            ///< all keys without them, in order

  /// None of them is there yet.
  Result<void> add(const std::vector<KeyRange>& ranges, uint64_t rows);
  /// The rows have changed.
  Result<void> forget();

 private:
  Journal* journal_;
  Step step_;
  std::vector<KeyRange> ranges_;
  uint64_t rows_ = 0;
};

}  // namespace pg2crdb
