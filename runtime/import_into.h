#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connection.h"
#include "runtime/file_host.h"
#include "runtime/import_job.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// Where the import files of one run lie and how the cluster reaches them (LoadOptions::host_files): a folder
/// of its own, whose name nobody can guess, which only our user may read where we serve it ourselves. It goes
/// away with this object, and where the run was killed with the store of the run that goes on.
class ImportStore {
 public:
  static Result<std::unique_ptr<ImportStore>> open(const LoadOptions& options, Journal& journal);
  ~ImportStore();
  ImportStore(const ImportStore&) = delete;
  ImportStore& operator=(const ImportStore&) = delete;

  const std::string& folder() const { return directory_; }
  std::string path(const std::string& name) const;
  /// Where the cluster finds the file.
  std::string publish(const std::string& name);
  void remove(const std::string& name);
  bool gzip() const { return gzip_; }
  /// Of the files' modes, where others are to read them as well.
  bool shared() const { return !prefix_.empty(); }

 private:
  explicit ImportStore(Journal& journal) : journal_(journal) {}
  Journal& journal_;
  std::string directory_;
  std::string prefix_;  ///< of URLs that a person serves; empty: `host_` does
  bool gzip_ = false;
  std::unique_ptr<FileHost> host_;
};

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
  ~TableImport();  ///< removes the files
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
