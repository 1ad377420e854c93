#pragma once
#include <memory>
#include <string>

#include "support/result.h"

namespace pg2crdb {

/// Serves files over HTTP on 127.0.0.1, under a path that cannot be guessed: only those that were published,
/// nothing else of their directory. Ranges are honoured, so that a node can take up an interrupted download.
/// The server is a shared library of its own, opened here: the HTTP library and what it needs (TLS,
/// compression) take longer to load than a file to lint.
class FileHost {
 public:
  static Result<std::unique_ptr<FileHost>> start();
  FileHost() = default;
  virtual ~FileHost() = default;
  FileHost(const FileHost&) = delete;
  FileHost& operator=(const FileHost&) = delete;

  /// From now on the file `path` is found at the returned URL, which ends in `/name`.
  virtual std::string publish(const std::string& name, const std::string& path) = 0;
  virtual void withdraw(const std::string& name) = 0;
};

/// What the shared library exports: a new server that runs, null where no port is free.
using StartFileHost = FileHost*();

}  // namespace pg2crdb
