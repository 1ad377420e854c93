#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ast/name.h"

/// PostgreSQL's own scanner, for what is read without a tree: bodies in PL/pgSQL, and places of names.
namespace pg2crdb::transform {

/// libpg_query counts the characters of its errors from 1, and gives 0 where it does not know the place,
/// which is -1 here.
int32_t byte_offset(std::string_view sql, int cursor_position);

struct Token {
  enum class Kind {
    word,         ///< a name or keyword without quotes
    quoted_word,  ///< "Name"
    string,       ///< '..', E'..', $$..$$ and kin
    other,        ///< numbers, operators, punctuation, parameters
  };
  Kind kind = Kind::other;
  std::string_view text;  ///< of what was scanned
  size_t begin = 0;       ///< bytes from its beginning
  size_t end = 0;
  bool reserved = false;  ///< a keyword that no column can be called

  bool is_name() const { return kind == Kind::word || kind == Kind::quoted_word; }
  /// The keyword or operator `lower`, in any letters.
  bool is(std::string_view lower) const;
  /// A name without its quotes, folded as PostgreSQL folds it.
  std::string name() const;
};

/// What PostgreSQL's scanner makes of a text. Tokens and comments point into it.
struct ScannedSql {
  std::vector<Token> tokens = {};
  std::vector<Token> comments = {};
  std::string error = {};     ///< why the scanner refuses the text; empty where it does not
  int32_t error_offset = -1;  ///< bytes of the text, -1 where it is not known
};

/// `sql` has no zero byte and is valid UTF-8.
ScannedSql scan(const std::string& sql);

/// Without blanks and comments. Nothing where PostgreSQL's scanner refuses the text; `error` then says why.
/// The tokens point into `sql`, which has no zero byte.
std::optional<std::vector<Token>> scan_sql(const std::string& sql, std::string& error);

/// The name that begins with `sql`: of as many parts as there are, with dots and blanks between them.
struct WrittenName {
  std::vector<std::string> parts;
  std::vector<size_t> begins;  ///< of each part
  std::vector<size_t> ends;
};
WrittenName read_name(std::string_view sql);

}  // namespace pg2crdb::transform
