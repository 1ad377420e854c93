#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/result.h"

namespace pg2crdb {

/// What output that is made of each of `inputs` is called below a folder: the input's path below the folder
/// that all inputs, and all folders among `named`, are in or are; without the ending of a compressed file.
std::vector<std::string> names_below(const std::vector<std::string>& inputs,
                                     const std::vector<std::string>& named);

/// Files that appear whole or not at all: each is written under a temporary name beside its own, flushed to
/// the disk, and gets its name in `commit`. What was not committed is removed.
class OutputFiles {
 public:
  /// Of files that are made of `inputs`, none of which is overwritten: each is the path of a file, or
  /// something else that is read.
  explicit OutputFiles(std::vector<std::string> inputs) : inputs_(std::move(inputs)) {}
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  /// A path that is no regular file (a pipe, /dev/null) is written to at once. What holds a password is
  /// readable to its owner alone.
  Result<void> add(const std::string& path, std::string_view text, bool holds_password = false);
  /// A file that `commit` takes away before others get their names.
  void remove(std::string path) { removed_.push_back(std::move(path)); }
  Result<void> commit();

 private:
  struct File {
    std::string temporary;
    std::string path;
  };
  std::vector<std::string> inputs_;
  std::vector<File> files_;
  std::vector<std::string> removed_;
};

}  // namespace pg2crdb
