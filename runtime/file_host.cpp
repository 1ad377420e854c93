#include "runtime/file_host.h"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

namespace pg2crdb {
namespace {

constexpr const char* advice = "load with --method copy";

/// Beside the program, else where it or the library that this is a part of looks for libraries
/// (cmake/install.cmake), which sanitizers do not see; null where it cannot be opened. Stays open.
StartFileHost* find_server() {
  const char* const name = "libpg2crdb_file_host.so";
  std::error_code problem;
  const std::filesystem::path beside =
      std::filesystem::read_symlink("/proc/self/exe", problem).parent_path() / name;
  void* library = dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
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
