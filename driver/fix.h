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

/// A statement, and what CockroachDB takes in its place.
struct StatementFix {
  Span statement;
  FileEdit edit;
  bool means_the_same = false;
};

/// How many statements, each counted once.
struct FixCounts {
  size_t fixed = 0;    ///< written otherwise in the files
  size_t unsafe = 0;   ///< of scripts that are left alone: would do something else than before
  size_t waiting = 0;  ///< of the same: would mean the same, but not without those
  size_t unfixed = 0;  ///< need a person, or hang on one that does
  size_t unused = 0;   ///< are left out of what is compiled; here they stay
};

struct Fixes {
  std::vector<FixedFile> files;  ///< those that change
  FixCounts counts;
};

/// The fixes of one file of what was compiled with its order kept, in the file's order; `text` is what was
/// read of it. Adds what is not fixed to `counts`. With `within`, of statements alone that it touches.
std::vector<StatementFix> statement_fixes(const CompiledInput& input, const JudgedFindings& findings,
                                          const SourceFile& source, const std::string& text,
                                          FixCounts& counts, const Span* within = nullptr);

/// What was compiled with its order kept, put into the files that it was read from. Comments and layout
/// stay, and so do statements that would be left out. Where one becomes several, or loses words that a
/// comment stands between, its comments stand above it. A script is mended as a whole: what is written in one
/// place relies on what is written in another. So a script in which anything would do something else than
/// before is left alone unless `unsafe`. Findings of what is fixed are acknowledged, but for errors: a
/// statement that has one is left. Fails for what is no file of plain text.
Result<Fixes> make_fixes(Compiled& compiled, bool unsafe);

}  // namespace pg2crdb
