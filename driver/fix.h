#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "driver/compile.h"
#include "support/result.h"

namespace pg2crdb {

/// Bytes of a file, and what is to stand in their place.
struct FileEdit {
  size_t begin = 0;
  size_t end = 0;
  std::string text = {};
};

/// A file that was read, with what CockroachDB would refuse or read otherwise as it means the same there.
struct FixedFile {
  std::string path;
  std::string before;
  std::vector<FileEdit> edits;  ///< in the order of the file, none within another

  std::string after() const;
  /// As `diff -u` prints it, with three lines around what changes.
  std::string diff() const;
};

/// How many statements, each counted once.
struct FixCounts {
  size_t fixed = 0;    ///< written otherwise in the files
  size_t unsafe = 0;   ///< could be, and would do something else than before
  size_t unfixed = 0;  ///< need a person
};

struct Fixes {
  std::vector<FixedFile> files;  ///< those that change
  FixCounts counts;
};

/// What was compiled with its order kept, put into the files that it was read from: comments, layout and all
/// statements that CockroachDB reads as they are stay. What is written otherwise takes the comments within it
/// along, above it. Those that would do something else than before are left alone unless `unsafe`. Findings
/// of what is fixed are acknowledged. Fails for what is no file of plain text.
Result<Fixes> make_fixes(Compiled& compiled, bool unsafe);

}  // namespace pg2crdb
