#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>

#include "runtime/import_store.h"
#include "runtime/object_store.h"

namespace pg2crdb {

/// Import files in S3-compatible storage, uploaded while their rows come in: in parts of 8 MiB, or as one
/// where they are smaller. No file is on our disk; one that is open takes 9 MB of memory at the most.
class ImportObjects : public ImportStore {
 public:
  /// An error also where an object cannot be written and removed there, which is tried.
  static Result<std::unique_ptr<ImportStore>> open(const LoadOptions& options, ObjectLocation location,
                                                   Journal& journal, Observer& observer);
  /// Says what objects a run left that was killed, and that this one, without their location, cannot remove.
  static void name_left(const Journal& journal, Observer& observer);

  Result<std::unique_ptr<ImportFile>> create(const std::string& name) override;
  bool is_crowded() const override { return buffered_ > most_buffered_; }

  // Of the files.
  ObjectStore& objects() { return *objects_; }
  std::atomic<size_t>& buffered() { return buffered_; }
  /// An object, or an upload of it, is begun: the run that goes on finds it in the journal.
  Result<void> note(const std::string& key, const std::string& upload = {});
  /// Removes object and upload, and forgets them. What cannot be removed is said once, and left to the run
  /// that goes on. `in_parts`: an upload was begun, or may have been.
  void remove(const std::string& key, const std::string& upload, bool in_parts);

 private:
  ImportObjects(const LoadOptions& options, std::unique_ptr<ObjectStore> objects, Journal& journal,
                Observer& observer);
  Result<void> remove_left();
  Result<void> try_to_write();

  Journal& journal_;
  Observer& observer_;
  const std::unique_ptr<ObjectStore> objects_;
  const std::string folder_;  ///< in front of the files' names
  const size_t most_buffered_;
  std::atomic<size_t> buffered_ = 0;
  std::mutex mutex_;
  bool gave_up_ = false;  ///< to remove what is there
};

}  // namespace pg2crdb
