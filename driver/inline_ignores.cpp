#include "driver/inline_ignores.h"

#include <algorithm>
#include <string_view>

namespace pg2crdb {
namespace {

constexpr std::string_view marker = "pg2crdb: ignore";
// A comment's line may be so long before and behind the marker.
constexpr size_t longest_line = 4096;

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

InlineIgnore parse_ignore(std::string_view text) {
  InlineIgnore ignore;
  text = trimmed(text);
  ignore.rule = std::string(text.substr(0, text.find_first_of(" \t")));
  const std::string_view rest = trimmed(text.substr(ignore.rule.size()));
  constexpr std::string_view head = "reason=\"";
  if (rest.starts_with(head) && rest.size() > head.size() && rest.ends_with('"')) {
    ignore.reason = std::string(rest.substr(head.size(), rest.size() - head.size() - 1));
  }
  return ignore;
}

}  // namespace

Result<size_t> IgnoreScanner::read(char* buffer, size_t size) {
  auto count = source_->read(buffer, size);
  if (!count) return count;
  window_.append(buffer, *count);
  scan(*count == 0);
  return count;
}

Result<void> IgnoreScanner::skip(uint64_t count) {
  scan(true);
  auto skipped = source_->skip(count);
  window_begin_ += window_.size() + count;
  window_.clear();
  scanned_ = 0;
  return skipped;
}

void IgnoreScanner::scan(bool at_end) {
  for (;;) {
    const size_t found = window_.find(marker, scanned_);
    if (found == std::string::npos) break;
    const size_t line_end = window_.find('\n', found);
    if (line_end == std::string::npos && !at_end && window_.size() - found < longest_line) {
      scanned_ = found;
      return;
    }
    const size_t previous_line = found == 0 ? std::string::npos : window_.rfind('\n', found - 1);
    const size_t line_begin = previous_line == std::string::npos ? 0 : previous_line + 1;
    const std::string_view before = trimmed(std::string_view(window_).substr(line_begin, found - line_begin));
    const size_t text_begin = found + marker.size();
    if (before.ends_with("--")) {
      comments_.push_back({window_begin_ + found, before != "--",
                           window_.substr(text_begin, std::min(line_end, window_.size()) - text_begin)});
    }
    scanned_ = text_begin;
  }
  // The marker may lie across the end of what has been read.
  scanned_ = std::max(scanned_, window_.size() - std::min(window_.size(), marker.size() - 1));
  if (window_.size() > 2 * longest_line) {
    const size_t gone = std::min(window_.size() - longest_line, scanned_);
    window_.erase(0, gone);
    window_begin_ += gone;
    scanned_ -= gone;
  }
}

std::vector<InlineIgnore> IgnoreScanner::ignores_of(const ast::Script& script, uint32_t file) const {
  std::vector<InlineIgnore> ignores;
  for (const Comment& comment : comments_) {
    const bool among_rows =
        std::any_of(script.data.begin(), script.data.end(), [&](const ast::DataBlock& block) {
          return block.data.file == file && block.data.begin <= comment.offset &&
                 comment.offset < block.data.end;
        });
    if (among_rows) continue;
    // The first statement that ends behind the comment: the comment stands in it or before it.
    auto statement =
        std::find_if(script.statements.begin(), script.statements.end(), [&](const ast::Statement& s) {
          return s.span.file > file || (s.span.file == file && s.span.end > comment.offset);
        });
    const bool inside = statement != script.statements.end() && statement->span.file == file &&
                        statement->span.begin <= comment.offset;
    if (comment.trailing && !inside && statement != script.statements.begin()) --statement;
    InlineIgnore ignore = parse_ignore(comment.text);
    if (statement != script.statements.end()) ignore.statement = statement->span;
    ignores.push_back(std::move(ignore));
  }
  return ignores;
}

}  // namespace pg2crdb
