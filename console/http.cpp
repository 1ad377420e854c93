#include "console/http.h"

#include <dlfcn.h>

#include "support/module.h"

namespace pg2crdb::console {
namespace {

std::string_view found(const std::map<std::string, std::string>& values, std::string_view name) {
  const auto value = values.find(std::string(name));
  return value == values.end() ? std::string_view() : std::string_view(value->second);
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
  return found(headers, name);
}

std::string_view Request::parameter(std::string_view name) const {
  return found(parameters, name);
}

Result<std::unique_ptr<Server>> Server::start(Answer answer, uint16_t port) {
  static auto* const start_server = reinterpret_cast<StartServer*>(
      function_in_module("libpg2crdb_console_server.so", "pg2crdb_start_console"));
  if (start_server == nullptr) {
    const char* why = dlerror();
    return Error{Error::Kind::usage,
                 std::string("the console's server cannot be loaded: ") +
                     (why == nullptr ? "libpg2crdb_console_server.so is not the one of this program" : why),
                 {},
                 {}};
  }
  std::unique_ptr<Server> server(start_server(answer, port));
  if (server != nullptr) return server;
  if (port == 0)
    return Error{Error::Kind::interrupted, "no port of 127.0.0.1 is free for the console", {}, {}};
  return Error{Error::Kind::interrupted,
               "port " + std::to_string(port) +
                   " of 127.0.0.1 cannot be had: another program has it, or it "
                   "is not for this user",
               {},
               "name another one with --port, or leave it out: one that is free is taken"};
}

}  // namespace pg2crdb::console
