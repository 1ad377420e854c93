#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connection.h"
#include "runtime/import_job.h"
#include "runtime/import_store.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// The columns that a CSV file holds, in order, and how it writes NULL.
struct ImportLayout {
  std::vector<std::string> columns;
  std::string null_word;
  bool operator==(const ImportLayout&) const = default;
};

/// The CSV files of one table, `schema.table.0001.csv[.gz]` ..., each of about 256 MB of CSV, and their
/// IMPORT INTO, one a layout. Thread-safe.
class TableImport {
 public:
  TableImport(ImportStore& store, ObjectName table);
  ~TableImport();  ///< and of the files
  TableImport(const TableImport&) = delete;
  TableImport& operator=(const TableImport&) = delete;

  /// Adds rows. `place` is where they come from, for a person ("dump.sql:120"), empty where there is no such
  /// thing.
  Result<void> add(const ImportLayout& layout, std::string_view csv, uint64_t rows, const std::string& place);

  /// Imports what was added, removes the files. The number of rows that the table holds then, counted there:
  /// another one than was added is an error. A failed IMPORT leaves the table as it was before that IMPORT.
  /// The jobs are noted in the journal, with the `rejected` rows of the table.
  Result<uint64_t> finish(Connection& connection, const std::string& url, uint64_t rejected, Journal& journal,
                          Observer& observer);
  /// Whether finish() failed because of rows that the cluster does not take.
  bool refused_rows() const { return refused_rows_; }

 private:
  struct File;
  /// The IMPORT of some files, all of one layout; the table's rows afterwards are `job.rows`.
  Result<void> import(Connection& connection, const std::string& url, const std::vector<File*>& files,
                      ImportJob job, Journal& journal, Observer& observer);
  Error explained(Error error);
  std::string origin_of_row(const std::string& message) const;

  ImportStore& store_;
  const ObjectName table_;
  bool refused_rows_ = false;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
