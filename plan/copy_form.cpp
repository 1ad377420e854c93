#include "plan/copy_form.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

struct Piece {
  std::string text;  ///< a word in lower case, or a string's value
  bool is_string = false;
};

char escaped(char c) {
  return c == 't' ? '\t' : c == 'n' ? '\n' : c == 'r' ? '\r' : c == 'b' ? '\b' : c == 'f' ? '\f' : c;
}

// Words, and strings as '..' and E'..'; of a name in quotes nothing is left, and of punctuation.
std::vector<Piece> pieces_of(std::string_view text) {
  std::vector<Piece> pieces;
  for (size_t i = 0; i < text.size();) {
    const bool escapes = lower(text[i]) == 'e' && i + 1 < text.size() && text[i + 1] == '\'';
    if (text[i] == '\'' || escapes) {
      Piece piece{{}, true};
      for (i += escapes ? 2 : 1; i < text.size(); ++i) {
        if (text[i] == '\'' && (i + 1 == text.size() || text[i + 1] != '\'')) break;
        if (text[i] == '\'' || (escapes && text[i] == '\\')) ++i;
        if (i < text.size()) piece.text += escapes && text[i - 1] == '\\' ? escaped(text[i]) : text[i];
      }
      ++i;
      pieces.push_back(std::move(piece));
    } else if (text[i] == '"') {
      while (++i < text.size() && text[i] != '"') {
      }
      ++i;
    } else if (begins_name(text[i])) {
      Piece piece;
      for (; i < text.size() && in_name(text[i]); ++i) piece.text += lower(text[i]);
      pieces.push_back(std::move(piece));
    } else {
      ++i;
    }
  }
  return pieces;
}

}  // namespace

CopyForm read_copy_form(std::string_view options) {
  const std::vector<Piece> pieces = pieces_of(options);
  CopyForm form;
  std::optional<std::string> delimiter, null;
  for (size_t i = 0; i < pieces.size(); ++i) {
    const std::string& word = pieces[i].text;
    if (pieces[i].is_string) continue;
    size_t next = i + 1;
    if (next < pieces.size() && !pieces[next].is_string && pieces[next].text == "as") ++next;
    const std::string* const value = next < pieces.size() ? &pieces[next].text : nullptr;
    const bool string_follows = value != nullptr && pieces[next].is_string;
    if (word == "csv" || (word == "format" && value != nullptr && *value == "csv")) form.csv = true;
    if (word == "header")
      form.header = value == nullptr || (*value != "false" && *value != "off" && *value != "0");
    if ((word == "delimiter" || word == "delimiters") && string_follows) delimiter = *value;
    if (word == "null" && string_follows) null = *value;
  }
  form.delimiter = delimiter.value_or(form.csv ? "," : form.delimiter);
  form.null = null.value_or(form.csv ? "" : form.null);
  return form;
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

}  // namespace pg2crdb
