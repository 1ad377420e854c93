#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "runtime/connection.h"
#include "runtime/runtime.h"

namespace pg2crdb {

/// A column that draws its values from a sequence. Names are as SQL has them.
struct SequenceUse {
  std::string sequence;
  std::string column;
  std::string table;
  int64_t last = 0;  ///< where the sequence stands
  int64_t furthest =
      0;  ///< of the column's values: the largest, or the smallest where the sequence counts down
  bool counts_down = false;

  /// The next rows would get numbers that are there already.
  bool is_behind() const { return counts_down ? last > furthest : last < furthest; }
};

struct SequenceUses {
  std::vector<SequenceUse> uses;   ///< of columns that have values
  std::vector<std::string> noted;  ///< which could not be looked at, and why
};

/// What PostgreSQL calls an identity column's own sequence, in the source.
ObjectName own_sequence(const LoadPlan::Table& table, const LoadPlan::Column& column);

/// Whether a sequence of the plan has this name, as SQL has it; without its schema where that is public.
bool is_called(const LoadPlan::Sequence& sequence, const std::string& name);

/// Those of the plan's tables, as the target has them: by their defaults, and of identity columns. Fails
/// where the target cannot be asked. Which way a sequence counts stands in pg_sequence, which CockroachDB
/// fills as PostgreSQL does (its public source, sql/pg_catalog.go).
Result<SequenceUses> sequence_uses(const LoadPlan& plan, Connection& target);

/// The part of set_sequences() that needs no source: where rows are of CSV files, and no input says how far a
/// sequence was (`pg_dump --schema-only`), the rows do, and it is set behind them.
Result<void> set_unknown_sequences(const LoadPlan& plan, Connection& target, Observer& observer);

}  // namespace pg2crdb
