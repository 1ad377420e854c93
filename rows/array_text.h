#pragma once
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "rows/canonical_forms.h"
#include "support/ascii.h"

namespace pg2crdb {

enum class ArrayPiece {
  bounds,       ///< lower bounds other than 1: `[0:2]=`
  punctuation,  ///< a brace or a comma
  element,      ///< without its quotes and escapes
  null,
};

/// Reads PostgreSQL's text of an array, as array_in() does, blanks between its pieces left out. `piece` is
/// called with each as `bool(ArrayPiece, std::string_view)`, false to stop; its text is good for the call.
template <class Piece>
class ArrayReader {
 public:
  ArrayReader(std::string_view text, const Piece& piece, char delimiter)
      : text_(text), piece_(piece), delimiter_(delimiter) {}

  /// False where the text is no array's, or `piece` stopped it.
  bool run() {
    if (text_.starts_with('[')) {
      const size_t equals = text_.find('=');
      if (equals == std::string_view::npos) return false;
      at_ = equals + 1;
      if (!piece_(ArrayPiece::bounds, text_.substr(0, at_))) return false;
    }
    return braces(0) && at_ == text_.size();
  }

 private:
  void blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool punctuation(char c) { return take(c) && piece_(ArrayPiece::punctuation, {&c, 1}); }

  bool braces(int depth) {
    constexpr int deepest = 64;
    if (depth > deepest || !punctuation('{')) return false;
    blanks();
    if (at_ < text_.size() && text_[at_] == '}') return punctuation('}');
    while (true) {
      blanks();
      const bool inner = at_ < text_.size() && text_[at_] == '{';
      if (!(inner ? braces(depth + 1) : element())) return false;
      blanks();
      if (at_ < text_.size() && text_[at_] == '}') return punctuation('}');
      if (!punctuation(delimiter_)) return false;
    }
  }

  bool element() {
    value_.clear();
    if (take('"')) {
      while (true) {
        if (at_ >= text_.size()) return false;
        char c = text_[at_++];
        if (c == '"') break;
        if (c == '\\') {
          if (at_ >= text_.size()) return false;
          c = text_[at_++];
        }
        value_ += c;
      }
      return piece_(ArrayPiece::element, value_);
    }
    bool escaped = false;
    size_t kept = 0;  // behind the last character that is no blank
    while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '}') {
      char c = text_[at_++];
      if (c == '"' || c == '{') return false;
      const bool quoted = c == '\\';
      if (quoted) {
        if (at_ >= text_.size()) return false;
        escaped = true;
        c = text_[at_++];
      }
      value_ += c;
      if (quoted || !is_blank(c)) kept = value_.size();
    }
    value_.resize(kept);
    if (value_.empty()) return false;
    const bool null = !escaped && equals_word(value_, "null");
    return piece_(null ? ArrayPiece::null : ArrayPiece::element, value_);
  }

  std::string_view text_;
  const Piece& piece_;
  char delimiter_;
  size_t at_ = 0;
  std::string value_;
};

/// `delimiter`: what stands between elements, of all types but box a comma.
template <class Piece>
bool read_array(std::string_view text, const Piece& piece, char delimiter = ',') {
  return ArrayReader<Piece>(text, piece, delimiter).run();
}

/// As array_out() quotes it.
inline void append_array_element(std::string& array, std::string_view text, char delimiter = ',') {
  const bool plain =
      !text.empty() && !equals_word(text, "null") && std::none_of(text.begin(), text.end(), [&](char c) {
        return is_blank(c) || c == delimiter || std::string_view("{}\"\\").find(c) != std::string_view::npos;
      });
  if (plain) {
    array += text;
    return;
  }
  array += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

}  // namespace pg2crdb
