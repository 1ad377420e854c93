#include "runtime/import_store.h"

#include <utility>

#include "runtime/import_folder.h"
#include "runtime/import_objects.h"
#include "runtime/import_userfiles.h"

namespace pg2crdb {

Result<std::unique_ptr<ImportStore>> ImportStore::open(const LoadOptions& options, Journal& journal,
                                                       Observer& observer) {
  if (Result<void> removed = ImportFolder::remove_left(journal, observer); !removed) return removed.error();
  if (Result<void> removed = ImportUserfiles::remove_left(options.target, journal, observer); !removed)
    return removed.error();
  if (!ObjectLocation::is_one(options.host_files)) {
    ImportObjects::name_left(journal, observer);
    return ImportUserfiles::is_one(options.host_files) ? ImportUserfiles::open(options, journal, observer)
                                                       : ImportFolder::open(options, journal, observer);
  }
  Result<ObjectLocation> location = ObjectLocation::parse(options.host_files);
  if (!location) return location.error();
  return ImportObjects::open(options, std::move(*location), journal, observer);
}

Result<void> ImportStore::look(const LoadOptions& options) {
  if (options.method != LoadMethod::import_into || !ObjectLocation::is_one(options.host_files)) return {};
  Result<ObjectLocation> location = ObjectLocation::parse(options.host_files);
  if (!location) return location.error();
  return ImportObjects::look(std::move(*location));
}

}  // namespace pg2crdb
