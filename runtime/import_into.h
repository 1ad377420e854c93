#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connection.h"
#include "runtime/file_host.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// Where the import files of one run lie and how the cluster reaches them (LoadOptions::host_files).
class ImportStore {
 public:
  static Result<std::unique_ptr<ImportStore>> open(const LoadOptions& options);
  ~ImportStore();
  ImportStore(const ImportStore&) = delete;
  ImportStore& operator=(const ImportStore&) = delete;

  std::string path(const std::string& name) const;
  /// Where the cluster finds the file.
  std::string publish(const std::string& name);
  void remove(const std::string& name);
  bool gzip() const { return gzip_; }

 private:
  ImportStore() = default;
  std::string directory_;
  std::string prefix_;  ///< of URLs that a person serves; empty: `host_` does
  bool temporary_ = false;
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

  struct Imported {
    uint64_t rows = 0;
    int64_t index_entries = 0;
  };
  /// Imports what was added, removes the files. A failed IMPORT leaves the table as it was before that
  /// IMPORT. `url` is the target's, to ask for the job when the connection is lost.
  Result<Imported> finish(Connection& connection, const std::string& url);

 private:
  struct File;
  /// The IMPORT of some files, all of one layout.
  Result<Imported> import(Connection& connection, const std::string& url, const std::vector<File*>& files);
  Error explained(Error error, const std::string& url) const;
  std::string origin_of_row(const std::string& message) const;

  ImportStore& store_;
  const ObjectName table_;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
