#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "plan/object_name.h"
#include "rows/hash128.h"
#include "runtime/connection.h"
#include "runtime/journal.h"
#include "runtime/row_source.h"
#include "support/result.h"

namespace pg2crdb {

/// What the target holds of the batches that it took (its chunks): `pg2crdb.chunks`, a row a chunk, written
/// in the chunk's own transaction. So a run that goes on knows, row for row, what arrived before the one
/// before it died, and a chunk whose COMMIT was not answered collides with itself instead of arriving twice.
/// The run has a row of its own there, of no table, until it ends well; then the table goes away.
class ChunkMarks {
 public:
  struct Mark {
    uint64_t rows = 0;  ///< that the target took
    Hash128 content;    ///< of the rows as they were read
  };
  using Marks = std::map<ChunkPlace, Mark>;

  /// Makes the table where it is not there. `chunk_bytes` cuts a new run's rows; one that goes on keeps its
  /// own, which stands in the journal, as the run's mark does. Where the user may not make the schema there
  /// are no marks, and `kept()` is false.
  static Result<ChunkMarks> open(Connection& target, Journal& journal, size_t chunk_bytes);

  /// Those of a run whose name and chunks are known already, as workers share it. An error where the user may
  /// not make the schema.
  static Result<ChunkMarks> of_run(Connection& target, std::string run, size_t chunk_bytes);

  bool kept() const { return kept_; }
  /// Whether the target has the row of a run that goes on: else what the run noted there is gone.
  bool known() const { return known_; }
  /// Gives it that row again.
  Result<void> note_run(Connection& target);
  size_t chunk_bytes() const { return chunk_bytes_; }

  /// What this run left of the table, whose rows are counted at the same moment: `whole` where they are the
  /// marks' and no others.
  struct Found {
    Marks marks;
    bool whole = false;
    uint64_t rows = 0;
  };
  Result<Found> find(Connection& target, const ObjectName& table) const;

  /// Those of one part of the table alone.
  Result<Marks> find_part(Connection& target, const ObjectName& table, uint64_t part) const;

  /// The INSERT of a chunk's mark; 23505 where the chunk is there already.
  std::string statement(const ObjectName& table, const ChunkPlace& place, const Mark& mark) const;

  /// The tables of which any run left marks.
  Result<std::set<ObjectName>> tables(Connection& target) const;
  /// Takes away what any run left of a table that is empty now.
  Result<void> forget(Connection& target, const ObjectName& table) const;
  /// Takes away what this run left.
  Result<void> clear(Connection& target) const;
  /// The same, and the table and its schema where nothing else is in them.
  Result<void> remove(Connection& target) const;

 private:
  std::string run_;
  size_t chunk_bytes_ = 0;
  bool kept_ = false;
  bool known_ = true;
};

}  // namespace pg2crdb
