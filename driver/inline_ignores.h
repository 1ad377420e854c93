#pragma once
#include <memory>
#include <string>
#include <vector>

#include "ast/script.h"
#include "driver/findings.h"
#include "support/byte_source.h"

namespace pg2crdb {

/// Passes a dump's bytes on and collects its `-- pg2crdb: ignore rule-id reason="..."` comments on the way:
/// comments are no part of the syntax tree.
class IgnoreScanner : public ByteSource {
 public:
  explicit IgnoreScanner(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}

  Result<size_t> read(char* buffer, size_t size) override;
  Result<void> skip(uint64_t count) override;

  /// The comments, each with the statement that it stands in, behind, or before. What looks like one among
  /// the rows of a table is left out. `file` is the index of the file that was passed on.
  std::vector<InlineIgnore> ignores_of(const ast::Script& script, uint32_t file) const;

 private:
  struct Comment {
    uint64_t offset;   // of the word pg2crdb
    bool trailing;     // something stands before it on its line
    std::string text;  // behind the word `ignore`, to the line's end
  };
  void scan(bool at_end);

  std::unique_ptr<ByteSource> source_;
  std::string window_;         // bytes read last; what is before `scanned_` has been searched
  uint64_t window_begin_ = 0;  // its place in the input
  size_t scanned_ = 0;
  std::vector<Comment> comments_;
};

}  // namespace pg2crdb
