#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "plan/load_plan.h"
#include "support/byte_source.h"
#include "support/result.h"

namespace pg2crdb {

/// Where a batch stands in its table. The same rows have the same place in each reading with the same
/// `batch_bytes`.
struct ChunkPlace {
  uint64_t part = 0;       ///< of the table, as its reader divides it
  uint64_t first_row = 0;  ///< within the part, from 0
  auto operator<=>(const ChunkPlace&) const = default;
};

/// Rows of one table in COPY's text format, whole lines.
struct Batch {
  size_t table = 0;                                         ///< index in the plan's tables
  std::shared_ptr<const std::vector<std::string>> columns;  ///< source names, in the order of the values
  std::string rows;
  uint64_t count = 0;
  std::string file;             ///< the dump's name, empty for a live source
  uint64_t first_line = 0;      ///< of the dump, 0 for a live source
  std::vector<uint64_t> lines;  ///< of INSERTs: each row's line, since they need not follow each other
  ChunkPlace place = {};

  /// The dump's line of a row, 0 for a live source.
  uint64_t line_of(uint64_t row) const {
    return first_line == 0 ? 0 : lines.empty() ? first_line + row : lines[row];
  }
};

/// Where batches go. Called from several threads: batches of one part of a table come in their order, those
/// of several parts at the same time. A table ends behind the last of them. False: no more is wanted.
class BatchSink {
 public:
  virtual ~BatchSink() = default;
  virtual bool table_begins(size_t table) = 0;
  virtual bool take(Batch batch) = 0;
  virtual bool table_ends(size_t table) = 0;
  /// The dump is not the one that the plan was made of: what was given so far may be wrong, too. An error
  /// follows.
  virtual void input_changed() {}
};

struct RowSourceOptions {
  std::vector<bool> wanted;               ///< one a table of the plan
  size_t batch_bytes = size_t{4} << 20;   ///< a batch ends with the row that reaches them
  size_t longest_row = size_t{64} << 20;  ///< bytes; a longer one is an error that names it
  uint64_t row_limit = 0;                 ///< rows a table, 0: all
  std::vector<uint64_t> row_limits = {};  ///< of a dump: the same, one a table; empty: `row_limit` of each
  unsigned readers = 1;                   ///< connections to a live source
  /// Reads a dump whole, what is between the wanted rows too, and compares its SHA-256 with the plan's.
  bool check_digest = false;
  /// Looks for bytes behind the last wanted row, too. Of a compressed input that means to unpack them.
  bool check_length = true;
};

/// The table's name on the target, as SQL has it; the source's stands behind it where that is another. For
/// messages.
std::string name_for_reading(const LoadPlan::Table& table);
/// The error of a row at `place` that is longer than RowSourceOptions::longest_row.
Error row_too_long(const std::string& place, size_t longest);

using OpenInput = std::function<Result<std::unique_ptr<ByteSource>>(const std::string& path)>;

/// Opens inputs for several readings one after the other, each farther back than the one before: a source
/// that is given back is taken up where it stood, so that a compressed input is not unpacked from its
/// beginning for each of its tables. Safe from several threads; outlives what it opens.
class ReusedInputs {
 public:
  explicit ReusedInputs(size_t kept) : kept_(kept) {}
  Result<std::unique_ptr<ByteSource>> open(const std::string& path);

 private:
  struct Idle {
    std::string path;
    std::unique_ptr<ByteSource> source;
    uint64_t position = 0;
  };
  class Lease;
  /// The one that stands nearest in front of `position`, else a new one.
  Result<Idle> take(const std::string& path, uint64_t position);
  void give_back(Idle idle);

  const size_t kept_;
  std::mutex mutex_;
  std::vector<Idle> idle_;
};

/// Reads the rows that lie in the plan's inputs, each input once, front to back. Fails where the input is not
/// what the plan was made of: other rows, more or less bytes, another SHA-256 where that is asked for. Ends
/// early, without an error, when the sink wants no more.
Result<void> read_dump_rows(const LoadPlan& plan, const RowSourceOptions& options, const OpenInput& open,
                            BatchSink& sink);

/// Reads the wanted tables from a live PostgreSQL, all at one snapshot. Columns that are generated on the
/// target are left out.
Result<void> read_postgresql_rows(const LoadPlan& plan, const std::string& url,
                                  const RowSourceOptions& options, BatchSink& sink);

}  // namespace pg2crdb
