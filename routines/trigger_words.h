#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "parser/sql_tokens.h"

/// Between the sources of this folder only.
namespace pg2crdb::routines {

/// The tokens of a trigger function's body; what is behind the last is no word.
class TriggerWords {
 public:
  explicit TriggerWords(const std::string& body) : tokens_(transform::scan(body).tokens) {}

  size_t size() const { return tokens_.size(); }
  const transform::Token& operator[](size_t i) const { return tokens_[i]; }
  bool is(size_t i, std::string_view word) const { return i < size() && tokens_[i].is(word); }
  /// A name without what it is a part of.
  bool is_name(size_t i, std::string_view name) const {
    return i < size() && tokens_[i].is_name() && tokens_[i].name() == name && !(i > 0 && is(i - 1, "."));
  }
  /// How many tokens NEW or OLD has, as it is and in parentheses; 0 where there is neither.
  size_t row(size_t i) const {
    const auto is_row = [this](size_t at) { return is_name(at, "new") || is_name(at, "old"); };
    if (is(i, "(") && is_row(i + 1) && is(i + 2, ")")) return 3;
    return is_row(i) ? 1 : 0;
  }
  /// Whether a statement of PL/pgSQL begins there.
  bool begins_statement(size_t i) const;
  /// The parenthesis that closes the one at `open`; `size()` where there is none.
  size_t closing(size_t open) const;

 private:
  std::vector<transform::Token> tokens_;
};

}  // namespace pg2crdb::routines
