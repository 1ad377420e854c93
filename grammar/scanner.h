#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "grammar/cockroachdb.h"

/// Cuts SQL into the tokens of CockroachDB.g4; between the sources of this folder only.
namespace pg2crdb {

struct ScannedToken {
  uint16_t type;  ///< of CockroachDBParser
  uint32_t begin;
  uint32_t end;
};

/// Written by hand, not by ANTLR: dollar quotes and nested comments are no regular language, words are
/// keywords in any case, a checker wants the types of a statement's tokens before any object is made of them,
/// and it is several times as fast.
class Scanner {
 public:
  /// `literals`: for each token type the grammar's literal, `SELECT` or `->>`; empty where it has none.
  explicit Scanner(std::span<const std::string> literals);

  /// Replaces `tokens`. The problem, if there is one: bytes that are no text, something unterminated.
  std::optional<SyntaxProblem> scan(std::string_view sql, std::vector<ScannedToken>& tokens) const;

  /// Where the tokens of a text are, one after the other, without asking which they are.
  std::optional<SyntaxProblem> find_tokens(std::string_view sql,
                                           const std::function<void(size_t begin, size_t end)>& found) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class Tokens>
  class Run;
  class TypedTokens;
  class TokenPlaces;
  std::unordered_map<std::string, uint16_t, Hash, std::equal_to<>> words_;
  std::unordered_map<std::string, uint16_t, Hash, std::equal_to<>> symbols_;
  /// Symbols of one character that begin no longer one; 0 for the others.
  std::array<uint16_t, 128> lone_symbols_ = {};
  size_t longest_word_ = 0;
  // Words and symbols that what stands behind them depends on.
  uint16_t collate_ = 0;
  uint16_t using_ = 0;
  uint16_t index_ = 0;
  uint16_t parenthesis_ = 0;
};

}  // namespace pg2crdb
