#include "runtime/text_host.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <utility>

#include "support/module.h"

namespace pg2crdb {

Result<std::unique_ptr<TextHost>> TextHost::start(const Place& place, Text text) {
  static auto* const start_server = reinterpret_cast<StartTextHost*>(
      function_in_module("libpg2crdb_file_host.so", "pg2crdb_start_text_host"));
  if (start_server == nullptr) {
    const char* why = dlerror();
    return Error{Error::Kind::usage,
                 std::string("the server for metrics cannot be loaded: ") +
                     (why == nullptr ? "libpg2crdb_file_host.so is not the one of this program" : why),
                 {},
                 "leave out --port"};
  }
  std::unique_ptr<TextHost> host(start_server(place, std::move(text)));
  if (host != nullptr) return host;
  return Error{Error::Kind::usage,
               fmt::format("nothing can be served on {}:{}", place.address, place.port),
               {},
               "name a port that no other program has"};
}

}  // namespace pg2crdb
