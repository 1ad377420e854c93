#include "runtime/file_host.h"

#include <dlfcn.h>

namespace pg2crdb {
namespace {

constexpr const char* advice = "load with --method copy";

/// Where the program or library that this is a part of looks for libraries (cmake/install.cmake); null where
/// it cannot be opened. Stays open.
StartFileHost* find_server() {
  void* library = dlopen("libpg2crdb_file_host.so", RTLD_NOW | RTLD_LOCAL);
  return library == nullptr ? nullptr
                            : reinterpret_cast<StartFileHost*>(dlsym(library, "pg2crdb_start_file_host"));
}

}  // namespace

Result<std::unique_ptr<FileHost>> FileHost::start() {
  static StartFileHost* const start_server = find_server();
  if (start_server == nullptr) {
    const char* why = dlerror();
    return Error{Error::Kind::usage,
                 std::string("the server for import files cannot be loaded: ") +
                     (why == nullptr ? "libpg2crdb_file_host.so is not the one of this program" : why),
                 {},
                 advice};
  }
  std::unique_ptr<FileHost> host(start_server());
  if (host == nullptr)
    return Error{
        Error::Kind::interrupted, "no port of 127.0.0.1 is free to serve the import files on", {}, advice};
  return host;
}

}  // namespace pg2crdb
