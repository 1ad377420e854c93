#include "runtime/file_host.h"

#include <dlfcn.h>

#include "support/module.h"

namespace pg2crdb {
namespace {

constexpr const char* advice = "load with --method copy";

}  // namespace

Result<std::unique_ptr<FileHost>> FileHost::start() {
  static auto* const start_server = reinterpret_cast<StartFileHost*>(
      function_in_module("libpg2crdb_file_host.so", "pg2crdb_start_file_host"));
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
