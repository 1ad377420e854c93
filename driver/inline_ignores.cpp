#include "driver/inline_ignores.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "driver/merged_statements.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"
#include "support/line_ends.h"
#include "support/nearest.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

constexpr std::string_view marker = "pg2crdb:";
constexpr std::string_view word = "ignore";
// A comment's line may be so long before and behind the marker.
constexpr size_t longest_line = 4096;

std::string_view trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// What stands behind `ignore`: one for each of the rules `a, b`.
std::vector<InlineIgnore> parse_ignores(std::string_view text) {
  std::vector<InlineIgnore> ignores;
  do {
    text = trimmed(text);
    const std::string_view rule = text.substr(0, text.find_first_of(" \t,"));
    ignores.push_back({std::string(rule), {}, {}});
    text = trimmed(text.substr(rule.size()));
    if (!text.starts_with(',')) break;
    text.remove_prefix(1);
  } while (true);
  constexpr std::string_view head = "reason=\"";
  if (text.starts_with(head) && text.size() > head.size() && text.ends_with('"')) {
    for (InlineIgnore& ignore : ignores)
      ignore.reason = std::string(text.substr(head.size(), text.size() - head.size() - 1));
  }
  return ignores;
}

struct Ignored {
  std::string_view word;   ///< `ignore`, or what was meant to be it
  std::string_view rules;  ///< what stands behind
};

// Of a comment that begins with the marker; nothing where it says something else.
std::optional<Ignored> ignored_of(std::string_view comment) {
  static const std::vector<std::string> words = {std::string(word)};
  comment = trimmed(comment.substr(marker.size()));
  const std::string_view first = comment.substr(0, comment.find_first_of(" \t"));
  if (first != word && nearest(lower(first), words).empty()) return std::nullopt;
  return Ignored{first, comment.substr(first.size())};
}

// What `before`, which stands before the marker on its line, opens; empty where that is no comment. Lines of
// a longer comment begin with `*`.
std::string_view opener_of(std::string_view before) {
  if (before.ends_with("--")) return "--";
  if (before.ends_with("/*")) return "/*";
  return before == "*" ? "*" : "";
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
  lines_before_ += count_line_ends(window_);
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
    const std::string_view line = std::string_view(window_).substr(line_begin, line_end - line_begin);
    const std::string_view before = line.substr(0, found - line_begin);
    const std::string_view opener = opener_of(trimmed(before));
    std::string_view text = line.substr(before.size());
    if (opener != "--") text = text.substr(0, text.find("*/"));
    if (!opener.empty() && ignored_of(text)) {
      const size_t lines = count_line_ends(std::string_view(window_).substr(0, found));
      comments_.push_back({window_begin_ + found, lines_before_ + lines + 1, count_characters(before) + 1,
                           trimmed(before) != opener, std::string(trimmed(text))});
    }
    scanned_ = found + marker.size();
  }
  // The marker may lie across the end of what has been read.
  scanned_ = std::max(scanned_, window_.size() - std::min(window_.size(), marker.size() - 1));
  if (window_.size() > 2 * longest_line) {
    const size_t gone = std::min(window_.size() - longest_line, scanned_);
    lines_before_ += count_line_ends(std::string_view(window_).substr(0, gone));
    window_.erase(0, gone);
    window_begin_ += gone;
    scanned_ -= gone;
  }
}

std::vector<InlineIgnore> IgnoreScanner::ignores_of(const ast::Script& script, SourceFile& source) const {
  const uint32_t file = source.index();
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
    const Span span{file, comment.offset, comment.offset + comment.text.size()};
    if (source.text(span).empty()) source.keep(span.begin, comment.line, comment.column, comment.text);
    const Ignored ignored = *ignored_of(comment.text);
    for (InlineIgnore& ignore : parse_ignores(ignored.rules)) {
      if (ignored.word != word) ignore.misspelt = ignored.word;
      if (statement != script.statements.end()) ignore.statement = statement->span;
      ignore.comment = span;
      ignores.push_back(std::move(ignore));
    }
  }
  return ignores;
}

void follow_merged(std::vector<InlineIgnore>& ignores, const ast::Script& script, const SourceFile& file) {
  if (ignores.empty()) return;
  for (const MergedStatement& merged : merged_statements(script)) {
    for (InlineIgnore& ignore : ignores) {
      if (!(ignore.statement == merged.from) || ignore.statement.empty()) continue;
      ignore.merged_into = merged.into;
      const std::string text(file.of(merged.from).text(merged.from));
      for (const transform::Token& token : transform::scan(text).tokens) {
        if (token.is_name()) ignore.names.push_back(token.name());
      }
    }
  }
}

}  // namespace pg2crdb
