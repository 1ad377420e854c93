#pragma once
#include <memory>
#include <string>

#include "support/result.h"

namespace pg2crdb {

/// Serves files over HTTP on 127.0.0.1, under a path that cannot be guessed: only those that were published,
/// nothing else of their directory. Ranges are honoured, so that a node can take up an interrupted download.
class FileHost {
 public:
  static Result<std::unique_ptr<FileHost>> start();
  ~FileHost();
  FileHost(const FileHost&) = delete;
  FileHost& operator=(const FileHost&) = delete;

  /// From now on the file `path` is found at the returned URL, which ends in `/name`.
  std::string publish(const std::string& name, const std::string& path);
  void withdraw(const std::string& name);

 private:
  struct State;
  explicit FileHost(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
