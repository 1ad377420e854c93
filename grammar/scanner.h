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
#include "target/target.h"

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
  /// `literals`: for each token type the grammar's literal, `SELECT` or `->>`; empty where it has none. A
  /// word that `release` has not yet (keywords.def) is a name.
  Scanner(std::span<const std::string> literals, Version release);

  /// Replaces `tokens`. The problem, if there is one: bytes that are no text, something unterminated.
  std::optional<SyntaxProblem> scan(std::string_view sql, std::vector<ScannedToken>& tokens) const;
  /// The same as a later release has the words.
  std::optional<SyntaxProblem> scan_as_newest(std::string_view sql, std::vector<ScannedToken>& tokens) const;

  bool has_later_words() const { return has_later_words_; }

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
  class TokenCount;
  class TokenPlaces;
  struct Word {
    uint16_t type = 0;
    bool later = false;         ///< the release has it not yet
    bool index_method = false;  ///< is one in double quotes, too
  };
  std::unordered_map<std::string, Word, Hash, std::equal_to<>> words_;
  std::unordered_map<std::string, uint16_t, Hash, std::equal_to<>> symbols_;
  /// Symbols of one character that begin no longer one; 0 for the others.
  std::array<uint16_t, 128> lone_symbols_ = {};
  size_t longest_word_ = 0;
  bool has_later_words_ = false;
  // Words and symbols that what stands behind them depends on.
  uint16_t collate_ = 0;
  uint16_t using_ = 0;
  uint16_t index_ = 0;
  uint16_t without_ = 0;
  uint16_t parenthesis_ = 0;
  uint16_t visibility_ = 0;
  std::vector<bool> reserved_;  ///< by token type
};

}  // namespace pg2crdb
