#pragma once
#include <functional>
#include <memory>
#include <string>

#include "support/result.h"

namespace pg2crdb {

/// Serves one text over HTTP, made anew for each request: metrics. In the shared library of FileHost.
class TextHost {
 public:
  struct Place {
    std::string address = "127.0.0.1";
    int port = 0;  ///< 0: one that is free
    std::string path;
  };
  using Text = std::function<std::string()>;

  /// `text` is called by threads of the server until this is gone. An error (Kind::usage) where the port
  /// cannot be had.
  static Result<std::unique_ptr<TextHost>> start(const Place& place, Text text);
  TextHost() = default;
  virtual ~TextHost() = default;
  TextHost(const TextHost&) = delete;
  TextHost& operator=(const TextHost&) = delete;

  virtual std::string url() const = 0;
};

/// What the shared library exports: a new server that runs, null where it cannot listen there.
using StartTextHost = TextHost*(const TextHost::Place&, TextHost::Text);

}  // namespace pg2crdb
