#pragma once
#include <cstdint>

#include "runtime/compare.h"

namespace pg2crdb {

/// Adds what was found in a piece of a table, of its differences as many as there is room for.
void add_piece(Comparison& all, Comparison piece, uint64_t most_differences);

}  // namespace pg2crdb
