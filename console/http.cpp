#include "console/http.h"

#include <dlfcn.h>

#include <filesystem>
#include <system_error>

namespace pg2crdb::console {
namespace {

/// Beside the program, else where it looks for libraries (cmake/install.cmake). Stays open.
StartServer* find_server() {
  const char* const name = "libpg2crdb_console_server.so";
  std::error_code problem;
  const std::filesystem::path beside =
      std::filesystem::read_symlink("/proc/self/exe", problem).parent_path() / name;
  void* library = dlopen(beside.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  return library == nullptr ? nullptr
                            : reinterpret_cast<StartServer*>(dlsym(library, "pg2crdb_start_console"));
}

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

Result<std::unique_ptr<Server>> Server::start(Answer answer) {
  static StartServer* const start_server = find_server();
  if (start_server == nullptr) {
    const char* why = dlerror();
    return Error{Error::Kind::usage,
                 std::string("the console's server cannot be loaded: ") +
                     (why == nullptr ? "libpg2crdb_console_server.so is not the one of this program" : why),
                 {},
                 {}};
  }
  std::unique_ptr<Server> server(start_server(answer));
  if (server == nullptr)
    return Error{Error::Kind::interrupted, "no port of 127.0.0.1 is free for the console", {}, {}};
  return server;
}

}  // namespace pg2crdb::console
