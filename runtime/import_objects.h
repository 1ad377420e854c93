#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/import_store.h"
#include "runtime/object_store.h"

namespace pg2crdb {

/// Import files in S3-compatible storage, uploaded while their rows come in: in parts of 8 MiB, or as one
/// where they are smaller. No file is on our disk; one that is open takes 9 MB of memory at the most.
class ImportObjects : public ImportStore {
 public:
  /// An error also where the key lacks a right there: an object is written, read and removed, an upload begun
  /// and aborted.
  static Result<std::unique_ptr<ImportStore>> open(const LoadOptions& options, ObjectLocation location,
                                                   Journal& journal, Observer& observer);
  static Result<void> look(ObjectLocation location);
  /// Tries once more what could not be removed, and says what is left.
  ~ImportObjects() override;
  /// Says what objects a run left that was killed, and that this one, without their location, cannot remove.
  static void name_left(const Journal& journal, Observer& observer);

  Result<std::unique_ptr<ImportFile>> create(const std::string& name) override;
  bool is_crowded() const override { return buffered_ > most_buffered_; }

  // Of the files.
  ObjectStore& objects() { return *objects_; }
  std::atomic<size_t>& buffered() { return buffered_; }
  /// An object, or an upload of it, is begun: the run that goes on finds it in the journal.
  Result<void> note(const std::string& key, const std::string& upload = {});
  /// What a file left in the storage.
  struct Left {
    std::string key;
    std::string upload;     ///< empty: none is known
    bool in_parts = false;  ///< an upload was begun, or may have been
  };
  /// Removes object and upload, and forgets them. What cannot be removed is tried again: soon, where the
  /// storage is in trouble, else in the end.
  void remove(Left left);

 private:
  ImportObjects(const LoadOptions& options, std::unique_ptr<ObjectStore> objects, Journal& journal,
                Observer& observer);
  Result<void> remove_left();
  Result<void> try_rights();
  Result<void> try_uploads(const std::string& key);
  Result<void> remove_now(const Left& left);
  void forget(const Left& left);

  Journal& journal_;
  Observer& observer_;
  const std::unique_ptr<ObjectStore> objects_;
  const std::string folder_;  ///< in front of the files' names
  const size_t most_buffered_;
  std::atomic<size_t> buffered_ = 0;
  std::mutex mutex_;  ///< of what follows
  std::vector<Left> waiting_;
  std::vector<Left> refused_;    ///< by the storage
  std::vector<Left> uncertain_;  ///< removed, while something of it may be on its way
  std::chrono::steady_clock::time_point next_removal_{};
};

}  // namespace pg2crdb
