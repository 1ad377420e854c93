#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rows/canonical.h"
#include "rows/copy_text.h"
#include "rows/hash128.h"
#include "support/result.h"

namespace pg2crdb {

/// One side's rows of a table, readable again and again; each time the order may be another.
class RowStream {
 public:
  virtual ~RowStream() = default;
  /// Calls `row` with each row's values, in the order of the compared columns, until it returns false. Views
  /// are good for the call.
  virtual Result<void> read(const std::function<bool(const std::vector<Field>&)>& row) = 0;
};

struct ComparedTable {
  struct Column {
    std::string name;
    CanonicalType type;
  };
  std::vector<Column> columns;
  std::vector<size_t> key;  ///< columns that name a row; empty: the whole row
};

/// Of the hash of a row: raised where the same row gets another one, be it that a value's canonical text, the
/// order of its columns or the hash itself is another. Certificates are kept for years.
constexpr int row_hash_version = 1;

/// Rows as a multiset: how many, and the sum of their hashes.
struct HashedRows {
  uint64_t rows = 0;
  Hash128 hash;
  bool operator==(const HashedRows&) const = default;
};

/// The table's columns in the order in which a row's values are hashed: the key's first.
std::vector<size_t> hashed_order(const ComparedTable& table);

/// Reads all rows once.
Result<HashedRows> hash_rows(const ComparedTable& table, RowStream& stream);

struct CompareOptions {
  uint64_t memory =
      uint64_t{128}
      << 20;  ///< bytes for rows that may differ; beyond that they are looked at in several passes
  size_t buckets = 65536;       ///< a power of two
  uint64_t max_reported = 100;  ///< kept with their values, if there is room; all are counted
  /// The target holds this many of the source's rows at most, and nobody knows which; 0: all of them.
  uint64_t unordered_limit = 0;
};

struct Difference {
  enum class Kind { missing, mismatch, extraneous };
  using Row = std::vector<std::optional<std::string>>;  ///< a value a column, nothing for NULL; empty where
                                                        ///< it changed meanwhile
  Kind kind = Kind::missing;
  Row source;
  Row target;
  std::vector<size_t> columns;  ///< of a mismatch: those whose values differ
};

struct Comparison {
  uint64_t source_rows = 0, target_rows = 0;  ///< seen
  Hash128 source_hash, target_hash;           ///< of the rows that were seen, as hash_rows has it
  uint64_t truth_rows = 0;                    ///< the source's rows that the target should have
  uint64_t success = 0, missing = 0, mismatch = 0, extraneous = 0;
  std::vector<Difference> differences;  ///< by key
};

/// Compares two multisets of rows exactly (up to collisions of 128-bit hashes) in bounded memory, whatever
/// their order.
///
/// Both sides are read at the same time. The first reading adds each row's hash into the bucket that its
/// key's hash chooses; where all buckets' sums agree, so do the rows. Otherwise both are read again, and the
/// rows of differing buckets are matched by key: rows of equal keys and different values are mismatches, the
/// rest is missing or extraneous. `progress` is told how many source rows the first reading has seen, now and
/// then.
Result<Comparison> compare_rows(const ComparedTable& table, RowStream& source, RowStream& target,
                                const CompareOptions& options, const std::function<void(uint64_t)>& progress);

}  // namespace pg2crdb
