#include "plan/copy_form.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

struct Piece {
  enum class Kind { word, string, name, symbol };
  Kind kind = Kind::symbol;
  std::string text;  ///< of a word in lower case; of a string and of a name in quotes their value
  size_t begin = 0;  ///< bytes of the options
  size_t end = 0;
};

char escaped(char c) {
  return c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
}

// Behind the comment that begins here; `i` where none does.
size_t behind_comment(std::string_view text, size_t i) {
  if (text.substr(i, 2) == "--") return std::min(text.find('\n', i), text.size());
  if (text.substr(i, 2) != "/*") return i;
  size_t depth = 0;
  for (; i < text.size(); ++i) {
    const std::string_view two = text.substr(i, 2);
    if (two != "/*" && two != "*/") continue;
    depth += two == "/*" ? 1 : -1;
    ++i;
    if (depth == 0) return i + 1;
  }
  return text.size();
}

// A string or a name, from its opening quote on.
std::string read_quoted(std::string_view text, size_t& i, bool escapes) {
  const char quote = text[i];
  std::string value;
  for (++i; i < text.size(); ++i) {
    if (text[i] == quote && !text.substr(i + 1).starts_with(quote)) break;
    const bool escape = escapes && text[i] == '\\';
    if ((escape || text[i] == quote) && ++i == text.size()) break;
    value += escape ? escaped(text[i]) : text[i];
  }
  i = std::min(i + 1, text.size());
  return value;
}

std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < text.size();) {
    if (const size_t behind = behind_comment(text, i); behind > i || is_blank(text[i])) {
      i = std::max(behind, i + 1);
      continue;
    }
    Piece piece;
    piece.begin = i;
    const bool escapes = lower(text[i]) == 'e' && text.substr(i + 1).starts_with('\'');
    if (text[i] == '\'' || escapes) {
      piece.kind = Piece::Kind::string;
      i += escapes ? 1 : 0;
      piece.text = read_quoted(text, i, escapes);
    } else if (text[i] == '"') {
      piece.kind = Piece::Kind::name;
      piece.text = read_quoted(text, i, false);
    } else if (in_name(text[i])) {
      piece.kind = Piece::Kind::word;
      for (; i < text.size() && in_name(text[i]); ++i) piece.text += lower(text[i]);
    } else {
      piece.text = text[i++];
    }
    piece.end = i;
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

class OptionReader {
 public:
  explicit OptionReader(std::string_view text) : text_(text), pieces_(pieces_of(text)) {}

  CopyForm read() {
    while (at_ < pieces_.size()) read_option();
    form_.delimiter = delimiter_.value_or(form_.csv ? "," : "\t");
    form_.null = null_.value_or(form_.csv ? "" : "\\N");
    form_.escape = escape_.value_or(form_.quote);
    return std::move(form_);
  }

 private:
  bool is(size_t i, std::string_view word) const {
    return i < pieces_.size() && pieces_[i].kind == Piece::Kind::word && pieces_[i].text == word;
  }
  bool is_symbol(size_t i, char c) const {
    return i < pieces_.size() && pieces_[i].kind == Piece::Kind::symbol && pieces_[i].text.front() == c;
  }
  bool take(std::string_view word) {
    if (!is(at_, word)) return false;
    ++at_;
    return true;
  }

  // In either syntax: behind the option's name, or AS.
  std::optional<std::string> value() {
    take("as");
    const bool ends = at_ == pieces_.size() || is_symbol(at_, ',') || is_symbol(at_, ')') ||
                      is_symbol(at_, ';') || is_symbol(at_, '(');
    if (ends) return std::nullopt;
    return pieces_[at_++].text;
  }

  // `(a, b)`, `a, b`, `*`.
  CopyForm::Columns columns() {
    CopyForm::Columns columns;
    if (is_symbol(at_, '*')) {
      columns.all = true;
      ++at_;
      return columns;
    }
    const bool in_parentheses = is_symbol(at_, '(');
    if (in_parentheses) ++at_;
    while (at_ < pieces_.size() && pieces_[at_].kind != Piece::Kind::symbol) {
      columns.names.push_back(pieces_[at_++].text);
      if (!is_symbol(at_, ',')) break;
      ++at_;
    }
    if (in_parentheses && is_symbol(at_, ')')) ++at_;
    return columns;
  }

  void cannot_read(size_t from) {
    if (!form_.unread.empty()) return;
    form_.unread = text_.substr(pieces_[from].begin, pieces_[at_ - 1].end - pieces_[from].begin);
  }

  void read_option() {
    const size_t from = at_++;
    const Piece& piece = pieces_[from];
    if (piece.kind != Piece::Kind::word) return;
    const std::string& word = piece.text;
    if (word == "csv" || word == "binary") {
      form_.csv = form_.csv || word == "csv";
      if (word == "binary") cannot_read(from);
    } else if (word == "format") {
      const std::string format = lower(value().value_or("text"));
      form_.csv = format == "csv";
      if (format != "csv" && format != "text") cannot_read(from);
    } else if (word == "delimiter" || word == "delimiters") {
      take_byte(from, delimiter_.emplace(), {});
    } else if (word == "quote") {
      take_byte(from, form_.quote, "\"");
    } else if (word == "escape") {
      take_byte(from, escape_.emplace(), "\"");
    } else if (word == "null") {
      null_ = value().value_or("");
      if (null_->find_first_of("\r\n") != std::string::npos) cannot_read(from);
    } else if (word == "header") {
      read_header();
    } else if (word == "force_null" || word == "force_not_null") {
      (word == "force_null" ? form_.force_null : form_.force_not_null) = columns();
    } else if (word == "force") {
      const bool negated = take("not");
      if (take("null")) (negated ? form_.force_not_null : form_.force_null) = columns();
    } else if (word == "encoding") {
      if (!may_be_utf8(value().value_or(""))) cannot_read(from);
    } else if (word == "on_error") {
      if (value().value_or("stop") != "stop") cannot_read(from);
    } else if (word == "freeze" || word == "log_verbosity") {
      if (at_ < pieces_.size() && pieces_[at_].kind != Piece::Kind::symbol && !begins_option(at_)) ++at_;
    } else if (word == "where") {
      at_ = pieces_.size() - (is_symbol(pieces_.size() - 1, ';') ? 1 : 0);
      cannot_read(from);
    } else if (word != "with" && word != "as" && word != "using") {
      value();
      cannot_read(from);
    }
  }

  bool begins_option(size_t i) const {
    constexpr std::array words = {"csv"sv,    "header"sv, "delimiter"sv, "null"sv,     "quote"sv,
                                  "escape"sv, "force"sv,  "freeze"sv,    "encoding"sv, "where"sv};
    return pieces_[i].kind == Piece::Kind::word && std::ranges::find(words, pieces_[i].text) != words.end();
  }

  void take_byte(size_t from, std::string& byte, std::string_view otherwise) {
    byte = value().value_or(std::string(otherwise));
    if (byte.size() == 1) return;
    cannot_read(from);
    byte = "\"";
  }

  void read_header() {
    form_.header = CopyForm::Header::names;
    if (at_ == pieces_.size() || pieces_[at_].kind == Piece::Kind::symbol || begins_option(at_)) return;
    const std::string how = lower(pieces_[at_++].text);
    if (how == "match") form_.header = CopyForm::Header::match;
    if (how == "false" || how == "off" || how == "0") form_.header = CopyForm::Header::none;
  }

  std::string_view text_;
  std::vector<Piece> pieces_;
  size_t at_ = 0;
  CopyForm form_;
  std::optional<std::string> delimiter_, null_, escape_;
};

}  // namespace

CopyForm read_copy_form(std::string_view options) {
  return OptionReader(options).read();
}

CopyForm form_of_copy(std::string_view statement) {
  int depth = 0;
  bool after_from = false;
  for (size_t i = 0; i < statement.size();) {
    if (statement[i] == '"') {
      i = std::min(statement.find('"', i + 1), statement.size() - 1) + 1;
      after_from = false;
    } else if (begins_name(statement[i])) {
      const size_t begin = i;
      while (i < statement.size() && in_name(statement[i])) ++i;
      if (depth > 0) continue;
      const std::string word = lower(statement.substr(begin, i - begin));
      if (after_from && word == "stdin") return read_copy_form(statement.substr(i));
      after_from = word == "from";
    } else {
      depth += statement[i] == '(' ? 1 : statement[i] == ')' ? -1 : 0;
      ++i;
    }
  }
  return {};
}

bool may_be_utf8(std::string_view encoding) {
  std::string name = lower(encoding);
  std::erase_if(name, [](char c) { return !in_name(c) || c == '_'; });
  return name == "utf8" || name == "unicode" || name == "sqlascii";
}

bool is_plain_copy(const CopyForm& form) {
  return !form.csv && form.delimiter == "\t" && form.null == "\\N" && form.header == CopyForm::Header::none;
}

}  // namespace pg2crdb
