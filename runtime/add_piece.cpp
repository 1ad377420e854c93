#include "runtime/add_piece.h"

#include <utility>

namespace pg2crdb {

void add_piece(Comparison& all, Comparison piece, uint64_t most_differences) {
  all.source_rows += piece.source_rows;
  all.target_rows += piece.target_rows;
  all.truth_rows += piece.truth_rows;
  all.success += piece.success;
  all.missing += piece.missing;
  all.mismatch += piece.mismatch;
  all.extraneous += piece.extraneous;
  for (Difference& difference : piece.differences) {
    if (all.differences.size() < most_differences) all.differences.push_back(std::move(difference));
  }
}

}  // namespace pg2crdb
