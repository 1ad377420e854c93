#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "support/result.h"

namespace pg2crdb::console {

/// What of an HTTP request the console looks at.
struct Request {
  std::string method;
  std::string path;  ///< decoded, without the query
  std::map<std::string, std::string> parameters;
  std::map<std::string, std::string> headers;  ///< by their names in lower case; of several the first
  std::string body;

  /// Empty where there is none.
  std::string_view header(std::string_view name) const;
  std::string_view parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string type = "application/json";
  std::string body;
};

/// Called by several threads at once.
using Answer = std::function<Response(const Request&)>;

/// Serves on 127.0.0.1 alone until it goes away. The server is a shared library of its own, opened here: the
/// HTTP library takes longer to load than a file to lint.
class Server {
 public:
  /// On `port`, 0: on one that is free. Fails where it is taken, or not this user's to take.
  static Result<std::unique_ptr<Server>> start(Answer answer, uint16_t port);
  Server() = default;
  virtual ~Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  virtual int port() const = 0;
};

/// What the shared library exports: a new server that runs, null where the port cannot be had.
using StartServer = Server*(Answer&, uint16_t port);

}  // namespace pg2crdb::console
