#pragma once
#include <memory>
#include <string>

#include "runtime/file_host.h"
#include "runtime/import_store.h"

namespace pg2crdb {

/// Import files on a disk of ours: only our user may read them where we serve them ourselves.
class ImportFolder : public ImportStore {
 public:
  static Result<std::unique_ptr<ImportStore>> open(const LoadOptions& options, Journal& journal,
                                                   Observer& observer);
  /// What a run left that was killed. What cannot be removed is said, and stays in the journal.
  static Result<void> remove_left(Journal& journal, Observer& observer);
  ~ImportFolder() override;

  Result<std::unique_ptr<ImportFile>> create(const std::string& name) override;

  std::string folder() const override { return directory_; }
  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  /// Where the cluster finds the file.
  std::string publish(const std::string& name);
  void remove(const std::string& name);

 private:
  ImportFolder(const LoadOptions& options, Journal& journal, Observer& observer)
      : ImportStore(options.compress == "gzip"), journal_(journal), observer_(observer) {}
  Journal& journal_;
  Observer& observer_;
  std::string directory_;
  std::string prefix_;  ///< of URLs that a person serves; empty: `host_` does
  std::unique_ptr<FileHost> host_;
};

}  // namespace pg2crdb
