#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace pg2crdb {

/// Finds the end of an INSERT in a text that arrives piece by piece.
class StatementScanner {
 public:
  /// Where the statement that `text` begins with (after blanks and comments) ends, its semicolon included;
  /// the last one, where `is_all`, ends with the text. npos: more text is needed. `text` may only have grown
  /// since the last call, unless restart() was called.
  size_t find_end(std::string_view text, bool is_all) {
    while (position_ < text.size()) {
      const char c = text[position_];
      // What the next byte decides has to wait for it.
      const bool last = position_ + 1 == text.size();
      const char next = last ? '\0' : text[position_ + 1];
      if (last && !is_all && std::strchr("-/*'\\", c) != nullptr && c != '\0') break;
      switch (state_) {
        case State::blank:
        case State::statement:
          if (c == '-' && next == '-') {
            resume_ = state_;
            state_ = State::line_comment;
          } else if (c == '/' && next == '*') {
            resume_ = state_;
            state_ = State::block_comment;
            depth_ = 0;
            continue;
          } else if (state_ == State::blank) {
            if (!is_blank(c)) {
              begin_ = position_;
              state_ = State::statement;
              continue;
            }
          } else if (c == '\'') {
            const bool escapes = position_ > begin_ &&
                                 (text[position_ - 1] == 'E' || text[position_ - 1] == 'e') &&
                                 (position_ - 1 == begin_ || !is_word(text[position_ - 2]));
            state_ = escapes ? State::escape_string : State::string;
          } else if (c == '"') {
            state_ = State::identifier;
          } else if (c == '$' && position_ > begin_ && !is_word(text[position_ - 1])) {
            const size_t end = dollar_quote_end(text);
            if (end == std::string_view::npos && !is_all) return end;  // looked for again with more text
            if (end != std::string_view::npos) position_ = end - 1;
          } else if (c == ';') {
            return ++position_;
          }
          break;
        case State::line_comment:
          if (c == '\n') state_ = resume_;
          break;
        case State::block_comment:
          if (c == '/' && next == '*') {
            ++depth_;
            ++position_;
          } else if (c == '*' && next == '/') {
            ++position_;
            if (--depth_ == 0) state_ = resume_;
          }
          break;
        case State::identifier:
          if (c == '"') state_ = State::statement;
          break;
        case State::string:
        case State::escape_string:
          if (c == '\'' && next == '\'') {
            ++position_;
          } else if (c == '\'') {
            state_ = State::statement;
          } else if (c == '\\' && state_ == State::escape_string) {
            ++position_;
          }
          break;
      }
      ++position_;
    }
    position_ = std::min(position_, text.size());
    const State state = state_ == State::line_comment ? resume_ : state_;
    return is_all && state == State::statement ? position_ : std::string_view::npos;
  }

  /// Nothing but blanks and comments was met.
  bool only_blanks() const {
    return state_ == State::blank || (state_ == State::line_comment && resume_ == State::blank);
  }
  /// Where the statement begins, after blanks and comments.
  size_t begin() const { return begin_; }
  void restart() { *this = StatementScanner(); }

 private:
  enum class State { blank, statement, line_comment, block_comment, identifier, string, escape_string };
  /// Behind the closing tag of the string that begins at `position_`; behind the sign where it begins none.
  /// npos: more text is needed.
  size_t dollar_quote_end(std::string_view text) const {
    size_t tag_end = position_ + 1;
    while (tag_end < text.size() && text[tag_end] != '$' && is_word(text[tag_end])) ++tag_end;
    if (tag_end == text.size()) return std::string_view::npos;
    if (text[tag_end] != '$') return position_ + 1;
    const std::string_view tag = text.substr(position_, tag_end + 1 - position_);
    const size_t close = text.find(tag, tag_end + 1);
    return close == std::string_view::npos ? close : close + tag.size();
  }
  static bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
  }
  static bool is_word(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '$' || static_cast<unsigned char>(c) >= 0x80;
  }

  State state_ = State::blank;
  State resume_ = State::blank;
  size_t position_ = 0;
  size_t begin_ = 0;
  int depth_ = 0;
};

}  // namespace pg2crdb
