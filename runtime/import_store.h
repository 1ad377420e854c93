#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "runtime/journal.h"
#include "runtime/runtime.h"
#include "support/result.h"

namespace pg2crdb {

/// A file that the cluster is to import. It goes away with this object. For one thread at a time.
class ImportFile {
 public:
  ImportFile() = default;
  virtual ~ImportFile() = default;
  ImportFile(const ImportFile&) = delete;
  ImportFile& operator=(const ImportFile&) = delete;

  virtual Result<void> write(std::string_view csv) = 0;
  /// It is whole: where the cluster finds it. That may hold secrets.
  virtual Result<std::string> close() = 0;
};

/// Where the import files of one run lie and how the cluster reaches them (LoadOptions::host_files): in a
/// folder of its own whose name nobody can guess, on a disk or in object storage. It goes away with this
/// object, and where the run was killed with the store of the run that goes on: the journal notes it.
class ImportStore {
 public:
  static Result<std::unique_ptr<ImportStore>> open(const LoadOptions& options, Journal& journal,
                                                   Observer& observer);
  /// Of a dry run: looks whether the storage answers to the key. Nothing is written; nothing is asked where
  /// the files are to lie on a disk.
  static Result<void> look(const LoadOptions& options);
  virtual ~ImportStore() = default;
  ImportStore(const ImportStore&) = delete;
  ImportStore& operator=(const ImportStore&) = delete;

  /// `name` needs no escape in a URL, and no other file has it. Thread-safe.
  virtual Result<std::unique_ptr<ImportFile>> create(const std::string& name) = 0;
  /// Files that are open take more memory than they should: they had better be closed.
  virtual bool is_crowded() const { return false; }
  bool gzip() const { return gzip_; }
  /// Of this machine's, where all files of a table lie until its import has ended; empty where none does.
  virtual std::string folder() const { return {}; }

 protected:
  explicit ImportStore(bool gzip) : gzip_(gzip) {}

 private:
  const bool gzip_;
};

}  // namespace pg2crdb
