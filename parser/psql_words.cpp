#include "parser/psql_words.h"

#include <cctype>
#include <charconv>

#include "support/ascii.h"

namespace pg2crdb::psql {
namespace {

std::string in_quotes(std::string_view value, char quote) {
  std::string out(1, quote);
  bool backslash = false;
  for (const char c : value) {
    if (c == quote) out += quote;
    if (c == '\\' && quote == '\'') {
      out += c;
      backslash = true;
    }
    out += c;
  }
  out += quote;
  return backslash ? " E" + out : out;
}

}  // namespace

bool is_variable_byte(char c) {
  return in_name(c) && c != '$';
}
size_t skip_quoted(std::string_view text, size_t i, char quote, bool escapes) {
  while (i < text.size()) {
    const char c = text[i++];
    if (c == '\\' && escapes) {
      i = std::min(i + 1, text.size());
    } else if (c == quote) {
      return i;
    }
  }
  return i;
}

size_t skip_opaque(std::string_view sql, size_t i) {
  const auto to = [&](std::string_view close, size_t from) {
    const size_t found = sql.find(close, from);
    return found == std::string_view::npos ? sql.size() : found + close.size();
  };
  const bool after_name = i > 0 && in_name(sql[i - 1]);
  switch (sql[i]) {
    case '\'': {
      const bool escapes =
          after_name && lower(sql[i - 1]) == 'e' && (i == 1 || !is_variable_byte(sql[i - 2]));
      return skip_quoted(sql, i + 1, '\'', escapes);
    }
    case '"':
      return skip_quoted(sql, i + 1, '"', false);
    case '-':
      return sql.substr(i).starts_with("--") ? to("\n", i) : i;
    case '/': {
      if (!sql.substr(i).starts_with("/*")) return i;
      size_t depth = 1;
      for (i += 2; i < sql.size() && depth > 0;) {
        const std::string_view two = sql.substr(i, 2);
        if (two == "/*") ++depth;
        if (two == "*/") --depth;
        i += two == "/*" || two == "*/" ? 2 : 1;
      }
      return i;
    }
    case '$': {
      size_t end = i + 1;
      while (end < sql.size() && is_variable_byte(sql[end])) ++end;
      const bool digit = i + 1 < sql.size() && is_digit(sql[i + 1]);
      if (after_name || digit || end == sql.size() || sql[end] != '$') return i;
      return to(sql.substr(i, end + 1 - i), end + 1);
    }
    default:
      return i;
  }
}

std::optional<Reference> read_reference(std::string_view text, size_t colon) {
  using Form = Reference::Form;
  Reference reference;
  size_t begin = colon + 1;
  const std::string_view rest = text.substr(std::min(begin, text.size()));
  std::string_view close;
  if (rest.starts_with("{?")) {
    reference.form = Form::test;
    begin += 2;
    close = "}";
  } else if (rest.starts_with('\'')) {
    reference.form = Form::literal;
    ++begin;
    close = "'";
  } else if (rest.starts_with('"')) {
    reference.form = Form::identifier;
    ++begin;
    close = "\"";
  }
  size_t end = begin;
  while (end < text.size() && is_variable_byte(text[end])) ++end;
  reference.name = text.substr(std::min(begin, text.size()), end - begin);
  if (reference.name.empty() || !text.substr(end).starts_with(close)) return std::nullopt;
  reference.end = end + close.size();
  return reference;
}

std::string shown_value(const Reference& reference, const std::string& value) {
  if (reference.form == Reference::Form::literal) return in_quotes(value, '\'');
  if (reference.form == Reference::Form::identifier) return in_quotes(value, '"');
  return value;
}

char escaped(std::string_view text, size_t& i) {
  const char c = text[i++];
  const auto number = [&](size_t begin, size_t most, int base) {
    size_t end = begin;
    unsigned value = 0;
    std::from_chars(text.data() + begin, text.data() + std::min(begin + most, text.size()), value, base);
    while (end < std::min(begin + most, text.size()) &&
           (base == 8 ? text[end] >= '0' && text[end] <= '7'
                      : std::isxdigit(static_cast<unsigned char>(text[end]))))
      ++end;
    i = end;
    return static_cast<char>(value);
  };
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'x':
      return i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i])) ? number(i, 2, 16) : c;
    default:
      return c >= '0' && c <= '7' ? number(i - 1, 3, 8) : c;
  }
}

std::optional<bool> boolean(std::string_view text) {
  const std::string word = lower(text);
  if (word.empty()) return std::nullopt;
  const auto begins = [&](std::string_view whole, size_t least) {
    return word.size() >= least && whole.starts_with(word);
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || word == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return false;
  return std::nullopt;
}

}  // namespace pg2crdb::psql
