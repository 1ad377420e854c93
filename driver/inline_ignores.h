#pragma once
#include <memory>
#include <string>
#include <vector>

#include "ast/script.h"
#include "driver/findings.h"
#include "support/byte_source.h"

namespace pg2crdb {

/// Passes a dump's bytes on and collects its `-- pg2crdb: ignore rule-id, ... reason="..."` comments, or
/// those between `/*` and `*/`, on the way: comments are no part of the syntax tree.
class IgnoreScanner : public ByteSource {
 public:
  explicit IgnoreScanner(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  Result<size_t> read(char* buffer, size_t size) override;
  Result<void> skip(uint64_t count) override;

  /// The comments, each with the statement that it stands in, behind, or before. What looks like one among
  /// the rows of a table is left out. `file` is the file that was passed on: it keeps the comments' texts.
  std::vector<InlineIgnore> ignores_of(const ast::Script& script, SourceFile& file) const;

 private:
  struct Comment {
    uint64_t offset;   // of the word pg2crdb
    uint64_t line;     // from 1
    uint64_t column;   // from 1, in characters
    bool trailing;     // something stands before it on its line
    std::string text;  // from the word pg2crdb to the line's end, or to the comment's
  };
  void scan(bool at_end);

  std::unique_ptr<ByteSource> source_;
  std::string window_;         // bytes read last; what is before `scanned_` has been searched
  uint64_t window_begin_ = 0;  // its place in the input
  uint64_t lines_before_ = 0;  // it: line ends
  size_t scanned_ = 0;
  std::vector<Comment> comments_;
};

/// Says of those before a statement that the passes have merged into another one where that is. `file` is
/// that of the script, which has been through them.
void follow_merged(std::vector<InlineIgnore>& ignores, const ast::Script& script, const SourceFile& file);

}  // namespace pg2crdb
