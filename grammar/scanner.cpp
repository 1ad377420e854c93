#include "grammar/scanner.h"

#include <CockroachDBParser.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "support/ascii.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using Grammar = antlr::CockroachDBParser;

constexpr size_t longest_symbol = 4;

// PostgreSQL's types that CockroachDB knows and refuses, however they are quoted.
constexpr std::string_view refused_types[] = {"box",     "cidr",          "circle", "line", "lseg",
                                              "macaddr", "macaddr8",      "money",  "path", "point",
                                              "polygon", "txid_snapshot", "xml"};

enum class Kind { unreserved, column, type_function, reserved, no_keyword };

struct Keyword {
  std::string_view word;
  Kind kind;
  Version since;
};

constexpr Keyword keywords[] = {
#define KEYWORD(word, kind, label, major, minor) {#word, Kind::kind, {major, minor}},
#include "grammar/keywords.def"
#undef KEYWORD
};

constexpr std::string_view index_methods[] = {"BTREE", "CSPANN", "GIN", "GIST", "HNSW", "INVERTED", "PREFIX"};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) > 127;
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

SyntaxProblem problem_at(size_t offset, size_t length, std::string message) {
  SyntaxProblem problem;
  problem.offset = offset;
  problem.length = length;
  problem.message = std::move(message);
  return problem;
}

bool is_refused_type(std::string_view name) {
  return std::ranges::find(refused_types, name) != std::end(refused_types);
}

}  // namespace

// The tokens of a statement, with their types.
class Scanner::TypedTokens {
 public:
  TypedTokens(const Scanner& scanner, std::vector<ScannedToken>& tokens, bool as_newest = false)
      : scanner_(scanner), tokens_(tokens), as_newest_(as_newest) {
    tokens_.clear();
  }

  void add(size_t type, size_t begin, size_t end) {
    tokens_.push_back(
        {static_cast<uint16_t>(type), static_cast<uint32_t>(begin), static_cast<uint32_t>(end)});
  }

  void add_word(std::string_view word, size_t begin, size_t end) {
    name_ = word;
    if (name_.size() <= scanner_.longest_word_) {
      std::ranges::transform(name_, name_.begin(), upper);
      if (const auto found = scanner_.words_.find(name_);
          found != scanner_.words_.end() && (as_newest_ || !found->second.later))
        return add(found->second.type, begin, end);
    }
    std::ranges::transform(name_, name_.begin(), [](char c) { return lower(c); });
    add(type_of_name(name_), begin, end);
  }

  // `name`: with its doubled quotes.
  void add_quoted_name(std::string_view name, size_t begin, size_t end) {
    name_.clear();
    for (size_t i = 0; i < name.size(); ++i) {
      name_ += name[i];
      if (name[i] == '"') ++i;
    }
    // An index method is looked up by its name, quoted or not.
    if (previous() == scanner_.using_) {
      std::string method = name_;
      std::ranges::transform(method, method.begin(), upper);
      if (const auto found = scanner_.words_.find(method);
          found != scanner_.words_.end() && found->second.index_method)
        return add(found->second.type, begin, end);
    }
    add(type_of_name(name_), begin, end);
  }

  void add_number(std::string_view number, bool whole, size_t begin, size_t end) {
    const bool weight = !whole && previous() == scanner_.visibility_ && is_weight(number);
    add(whole ? Grammar::ICONST : weight ? Grammar::WEIGHT : Grammar::FCONST, begin, end);
  }

  // INDEX before a parenthesis or before one word and a parenthesis, but for UNIQUE WITHOUT INDEX (a).
  void mark_index_definitions() {
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      if (tokens_[i].type != scanner_.index_) continue;
      if (i > 0 && tokens_[i - 1].type == scanner_.without_) continue;
      const bool named = i + 2 < tokens_.size() && tokens_[i + 2].type == scanner_.parenthesis_ &&
                         !scanner_.reserved_[tokens_[i + 1].type];
      if (tokens_[i + 1].type == scanner_.parenthesis_ || named) tokens_[i].type = Grammar::INDEX_DEFINITION;
    }
  }

 private:
  size_t previous() const { return tokens_.empty() ? 0 : tokens_.back().type; }

  // From nothing to one.
  static bool is_weight(std::string_view number) {
    double value = 0;
    const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
    return read.ec == std::errc() && value <= 1;
  }

  size_t type_of_name(std::string_view name) const {
    if (previous() == scanner_.collate_) return is_collation(name) ? Grammar::LOCALE : Grammar::IDENT;
    return is_refused_type(name) ? Grammar::NO_TYPE : Grammar::IDENT;
  }

  const Scanner& scanner_;
  std::vector<ScannedToken>& tokens_;
  bool as_newest_;
  std::string name_;  ///< of the word that is taken
};

class Scanner::TokenCount {
 public:
  size_t count = 0;

  void add(size_t, size_t, size_t) { ++count; }
  void add_word(std::string_view, size_t, size_t) { ++count; }
  void add_quoted_name(std::string_view, size_t, size_t) { ++count; }
  void add_number(std::string_view, bool, size_t, size_t) { ++count; }
};

class Scanner::TokenPlaces {
 public:
  explicit TokenPlaces(const std::function<void(size_t, size_t)>& found) : found_(found) {}

  void add(size_t, size_t begin, size_t end) { found_(begin, end); }
  void add_word(std::string_view, size_t begin, size_t end) { found_(begin, end); }
  void add_quoted_name(std::string_view, size_t begin, size_t end) { found_(begin, end); }
  void add_number(std::string_view, bool, size_t begin, size_t end) { found_(begin, end); }

 private:
  const std::function<void(size_t, size_t)>& found_;
};

// Finds the tokens of a text.
template <class Tokens>
class Scanner::Run {
 public:
  Run(const Scanner& scanner, std::string_view sql, Tokens& tokens)
      : scanner_(scanner), sql_(sql), tokens_(tokens) {}

  std::optional<SyntaxProblem> run() {
    if (auto problem = not_text()) return problem;
    while (!problem_) {
      skip_blanks();
      if (problem_ || at_ == sql_.size()) break;
      take();
    }
    return std::move(problem_);
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0'; }

  std::optional<SyntaxProblem> not_text() const {
    for (size_t i = 0; i < sql_.size();) {
      const char c = sql_[i];
      if (c > 0) {
        ++i;
        continue;
      }
      if (c == 0) return problem_at(i, 1, "a zero byte");
      const Utf8Character character = decode_utf8(sql_.substr(i));
      if (!character.valid) return problem_at(i, 1, "bytes that are not UTF-8");
      i += character.length;
    }
    return std::nullopt;
  }

  void refuse(size_t begin, std::string message) {
    problem_ = problem_at(begin, sql_.size() - begin, std::move(message));
  }

  void add(size_t type, size_t begin) { tokens_.add(type, begin, at_); }

  void skip_blanks() {
    while (at_ < sql_.size()) {
      if (is_space(peek())) {
        ++at_;
      } else if (peek() == '-' && peek(1) == '-') {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (peek() == '/' && peek(1) == '*') {
        skip_comment();
        if (problem_) return;
      } else {
        return;
      }
    }
  }

  void skip_comment() {
    const size_t begin = at_;
    size_t depth = 0;
    do {
      if (at_ >= sql_.size()) return refuse(begin, "a comment that does not end");
      if (peek() == '/' && peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (peek() == '*' && peek(1) == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0);
  }

  void take() {
    const char c = peek();
    if (is_letter(c)) return take_word();
    if (c == '"') return take_quoted_name();
    if (c == '\'') return take_string(Grammar::SCONST, at_, false);
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return take_number();
    if (c == '$') return take_dollar();
    take_symbol();
  }

  void take_word() {
    const size_t begin = at_;
    if (peek(1) == '\'') {
      ++at_;
      switch (sql_[begin]) {
        case 'e':
        case 'E':
          return take_string(Grammar::SCONST, begin, true);
        case 'b':
          return take_string(Grammar::BCONST, begin, true);
        case 'B':
          return take_string(Grammar::BITCONST, begin, false);
        case 'x':
        case 'X':
          return take_string(Grammar::BCONST, begin, false);
        default:
          at_ = begin;
      }
    }
    while (is_letter(peek()) || is_digit(peek()) || peek() == '$') ++at_;
    tokens_.add_word(sql_.substr(begin, at_ - begin), begin, at_);
  }

  void take_quoted_name() {
    const size_t begin = at_;
    for (++at_;; ++at_) {
      if (at_ >= sql_.size()) return refuse(begin, "a name in double quotes that does not end");
      if (peek() == '"' && peek(1) == '"')
        ++at_;
      else if (peek() == '"')
        break;
    }
    ++at_;
    const std::string_view name = sql_.substr(begin + 1, at_ - begin - 2);
    if (name.empty()) return refuse(begin, "a name without a character");
    tokens_.add_quoted_name(name, begin, at_);
  }

  // At the opening quote. Strings with only blanks and a line end between them are one.
  void take_string(size_t type, size_t begin, bool escapes) {
    while (true) {
      for (++at_;; ++at_) {
        if (at_ >= sql_.size()) return refuse(begin, "a string that does not end");
        if (peek() == '\\' && escapes)
          ++at_;
        else if (peek() == '\'' && peek(1) == '\'')
          ++at_;
        else if (peek() == '\'')
          break;
      }
      ++at_;
      size_t next = at_;
      bool line_end = false;
      for (; next < sql_.size() && is_space(sql_[next]); ++next) line_end |= sql_[next] == '\n';
      if (!line_end || next == sql_.size() || sql_[next] != '\'') break;
      at_ = next;
    }
    add(type, begin);
  }

  void take_number() {
    const size_t begin = at_;
    if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
      at_ += 2;
      while (std::isxdigit(static_cast<unsigned char>(peek())) != 0) ++at_;
      return tokens_.add_number(sql_.substr(begin, at_ - begin), true, begin, at_);
    }
    bool whole = true;
    while (is_digit(peek())) ++at_;
    if (peek() == '.' && peek(1) != '.') {
      whole = false;
      ++at_;
      while (is_digit(peek())) ++at_;
    }
    if (peek() == 'e' || peek() == 'E') {
      const size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        whole = false;
        at_ += 1 + sign;
        while (is_digit(peek())) ++at_;
      }
    }
    tokens_.add_number(sql_.substr(begin, at_ - begin), whole, begin, at_);
  }

  void take_dollar() {
    const size_t begin = at_;
    if (is_digit(peek(1))) {
      ++at_;
      while (is_digit(peek())) ++at_;
      return add(Grammar::PLACEHOLDER, begin);
    }
    size_t end = at_ + 1;
    while (end < sql_.size() && (is_letter(sql_[end]) || is_digit(sql_[end]))) ++end;
    if (end == sql_.size() || sql_[end] != '$') {
      ++at_;
      return add(Grammar::UNKNOWN, begin);
    }
    const std::string_view tag = sql_.substr(at_, end + 1 - at_);
    const size_t close = sql_.find(tag, end + 1);
    if (close == std::string_view::npos) return refuse(begin, "a string that does not end");
    at_ = close + tag.size();
    add(Grammar::SCONST, begin);
  }

  void take_symbol() {
    const size_t begin = at_;
    if (const std::string_view two = sql_.substr(at_, 2); two == ":=" || two == "..") {
      at_ += 2;
      return add(Grammar::UNKNOWN, begin);
    }
    const auto first = static_cast<unsigned char>(peek());
    if (first < scanner_.lone_symbols_.size() && scanner_.lone_symbols_[first] != 0) {
      ++at_;
      return add(scanner_.lone_symbols_[first], begin);
    }
    for (size_t length = std::min(longest_symbol, sql_.size() - at_); length > 0; --length) {
      const auto found = scanner_.symbols_.find(sql_.substr(at_, length));
      if (found == scanner_.symbols_.end()) continue;
      at_ += length;
      return add(found->second, begin);
    }
    ++at_;
    add(Grammar::UNKNOWN, begin);
  }

  const Scanner& scanner_;
  std::string_view sql_;
  Tokens& tokens_;
  size_t at_ = 0;
  std::optional<SyntaxProblem> problem_;
};

Scanner::Scanner(std::span<const std::string> literals, Version release) : reserved_(literals.size()) {
  for (size_t type = 0; type < literals.size(); ++type) {
    const std::string& literal = literals[type];
    if (literal.empty()) continue;
    if (is_letter(literal.front()))
      words_[literal].type = static_cast<uint16_t>(type);
    else
      symbols_.emplace(literal, static_cast<uint16_t>(type));
  }
  for (const Keyword& keyword : keywords) {
    Word& word = words_.at(std::string(keyword.word));
    word.later = keyword.since > release.release();
    has_later_words_ |= word.later;
    word.index_method = std::ranges::find(index_methods, keyword.word) != std::end(index_methods);
    reserved_[word.type] = keyword.kind == Kind::reserved;
    longest_word_ = std::max(longest_word_, keyword.word.size());
  }
  for (const auto& [symbol, type] : symbols_) {
    const auto first = static_cast<unsigned char>(symbol.front());
    const bool alone = std::ranges::none_of(symbols_, [&](const auto& other) {
      return other.first.size() > 1 && other.first.front() == symbol.front();
    });
    if (alone && first < lone_symbols_.size()) lone_symbols_[first] = type;
  }
  collate_ = words_.at("COLLATE").type;
  using_ = words_.at("USING").type;
  index_ = words_.at("INDEX").type;
  visibility_ = words_.at("VISIBILITY").type;
  without_ = words_.at("WITHOUT").type;
  parenthesis_ = symbols_.find("(")->second;
}

std::optional<SyntaxProblem> Scanner::scan(std::string_view sql, std::vector<ScannedToken>& tokens) const {
  // Vectors grow by doubling: a large text's would need thrice the memory of its tokens.
  if (constexpr size_t large = size_t{1} << 20; sql.size() > large) {
    TokenCount counted;
    if (auto problem = Run<TokenCount>(*this, sql, counted).run()) return problem;
    tokens.reserve(counted.count);
  }
  TypedTokens typed(*this, tokens);
  auto problem = Run<TypedTokens>(*this, sql, typed).run();
  typed.mark_index_definitions();
  return problem;
}

std::optional<SyntaxProblem> Scanner::scan_as_newest(std::string_view sql,
                                                     std::vector<ScannedToken>& tokens) const {
  TypedTokens typed(*this, tokens, true);
  auto problem = Run<TypedTokens>(*this, sql, typed).run();
  typed.mark_index_definitions();
  return problem;
}

std::optional<SyntaxProblem> Scanner::find_tokens(
    std::string_view sql, const std::function<void(size_t begin, size_t end)>& found) const {
  TokenPlaces places(found);
  return Run<TokenPlaces>(*this, sql, places).run();
}

}  // namespace pg2crdb
