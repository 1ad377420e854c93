#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "support/span.h"

namespace pg2crdb {

/// A place as the language server protocol counts: from 0, in units of UTF-16.
struct LspPosition {
  size_t line = 0;
  size_t character = 0;
};

struct LspRange {
  LspPosition begin;
  LspPosition end;  ///< exclusive
};

/// A file that an editor has open, in UTF-8.
class LspDocument {
 public:
  explicit LspDocument(std::string text) { set(std::move(text)); }

  const std::string& text() const { return text_; }
  void set(std::string text);
  /// Puts `text` into the place of a range.
  void replace(const LspRange& range, std::string_view text);

  /// The byte of a place; one behind a line's end is that end, one behind the last line the end of the text.
  size_t byte_at(const LspPosition& position) const;
  /// The place of a byte; one behind the text is its end.
  LspPosition position_of(size_t byte) const;
  LspRange range_of(size_t begin, size_t end) const { return {position_of(begin), position_of(end)}; }
  /// The byte at which the line of a byte begins.
  size_t line_begin(size_t byte) const;

 private:
  std::string text_;
  std::vector<size_t> lines_;  ///< where they begin
};

/// The path of a `file:` URI, another one as it is.
std::string path_of_uri(std::string_view uri);

}  // namespace pg2crdb
