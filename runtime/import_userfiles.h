#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/connection.h"
#include "runtime/import_store.h"

namespace pg2crdb {

/// Import files in the cluster itself, where nodes reach nothing else: userfiles, which are rows of two
/// tables of the target's schema pg2crdb. Each is uploaded through a connection of its own while its rows
/// come in. The tables go away with this object.
class ImportUserfiles : public ImportStore {
 public:
  static bool is_one(std::string_view host_files) { return host_files == "userfile"; }

  /// An error also where the user may not upload there: a file is uploaded and removed.
  static Result<std::unique_ptr<ImportStore>> open(const LoadOptions& options, Journal& journal,
                                                   Observer& observer);
  /// What a run left that was killed. What cannot be removed is said, and stays in the journal.
  static Result<void> remove_left(const std::string& target, Journal& journal, Observer& observer);
  ~ImportUserfiles() override;

  Result<std::unique_ptr<ImportFile>> create(const std::string& name) override;

  /// Where the cluster finds the file.
  std::string url(const std::string& name) const;
  /// Frees its rows at once; where that fails they go away with the tables.
  void remove(const std::string& name);

 private:
  ImportUserfiles(const LoadOptions& options, std::string database, Journal& journal, Observer& observer);
  Result<void> try_rights();

  const std::string target_;
  const std::string database_;  ///< the target's, a plain name
  const std::string tables_;    ///< what both tables' names begin with
  Journal& journal_;
  Observer& observer_;
  std::mutex mutex_;  ///< of what follows
  std::optional<Connection> removing_;
};

}  // namespace pg2crdb
