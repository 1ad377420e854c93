#pragma once
#include "bind/expression_types.h"
#include "target/target.h"

namespace pg2crdb::adapt {

/// What was done to an entry of ORDER BY, or why nothing was.
enum class NullsOrdered {
  as_before,  ///< there are no NULLs, or they come in the same place
  written,
  left_out,  ///< there are none, and CockroachDB would refuse to be told where they come
  // CockroachDB has only its own order of NULLs there.
  lost_in_distinct,
  lost_in_range,
  lost_in_subquery,
  refused,  ///< and another one is asked for
};

/// Writes NULLS LAST, or NULLS FIRST behind DESC, where PostgreSQL means that by saying nothing.
NullsOrdered write_nulls_order(const bind::ExpressionTypes::Sorted& sorted, const Target& target);

}  // namespace pg2crdb::adapt
