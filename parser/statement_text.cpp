#include "parser/statement_text.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>

#include "parser/sql_tokens.h"
#include "support/ascii.h"
#include "support/name_size.h"

namespace pg2crdb {
namespace {

/// Of the tag of a dollar quote.
bool in_tag(char c) {
  return in_name(c) && c != '$';
}

}  // namespace

std::string_view without_semicolon(std::string_view sql) {
  const auto trim = [&] {
    while (!sql.empty() && is_blank(sql.back())) sql.remove_suffix(1);
  };
  trim();
  if (sql.ends_with(';')) sql.remove_suffix(1);
  trim();
  return sql;
}

bool has_long_name(std::string_view sql) {
  bool quoted = false;
  size_t run = 0;
  const bool may_have = std::any_of(sql.begin(), sql.end(), [&](char c) {
    if (c == '"') quoted = !quoted;
    run = c != '"' && (quoted || in_name(c)) ? run + 1 : 0;
    return run > longest_name;
  });
  if (!may_have) return false;
  std::string error;
  const std::string text(sql);
  const auto tokens = transform::scan_sql(text, error);
  return tokens && std::any_of(tokens->begin(), tokens->end(), [](const transform::Token& token) {
           const size_t quotes = token.kind == transform::Token::Kind::quoted_word ? 2 : 0;
           return token.is_name() && token.text.size() - quotes > longest_name;
         });
}

size_t first_invalid_byte(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t length = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (i + length > text.size() || !simdjson::validate_utf8(text.data() + i, length)) return i;
    i += length;
  }
  return i;
}

size_t find_plain_backslash(std::string_view sql) {
  if (sql.find('\\') == std::string_view::npos) return std::string_view::npos;
  for (size_t i = 0; i < sql.size(); ++i) {
    const bool after_name = i > 0 && in_tag(sql[i - 1]);
    size_t end = i;
    if (sql[i] == '\'') {
      const bool escapes = after_name && lower(sql[i - 1]) == 'e' && (i == 1 || !in_tag(sql[i - 2]));
      for (end = i + 1; end < sql.size(); ++end) {
        if (sql[end] == '\\') {
          if (!escapes) return end;
          ++end;
        } else if (sql[end] == '\'') {
          if (end + 1 == sql.size() || sql[end + 1] != '\'') break;
          ++end;
        }
      }
    } else if (sql[i] == '"') {
      end = sql.find('"', i + 1);
    } else if (sql[i] == '$' && !after_name) {
      size_t tag_end = i + 1;
      while (tag_end < sql.size() && in_tag(sql[tag_end])) ++tag_end;
      if (tag_end == sql.size() || sql[tag_end] != '$') continue;
      const std::string_view tag = sql.substr(i, tag_end + 1 - i);
      end = sql.find(tag, tag_end + 1);
      if (end != std::string_view::npos) end += tag.size() - 1;
    } else if (sql.substr(i).starts_with("--")) {
      end = sql.find('\n', i);
    }
    if (end == std::string_view::npos) break;
    i = end;
  }
  return std::string_view::npos;
}

bool uses_environment(std::string_view sql) {
  for (size_t i = sql.find('$'); i != std::string_view::npos; i = sql.find('$', i + 1)) {
    if (sql.substr(i + 1).starts_with('{')) return true;
    size_t end = i + 1;
    while (end < sql.size() && in_tag(sql[end])) ++end;
    const bool named = end > i + 1 && !(sql[i + 1] >= '0' && sql[i + 1] <= '9');
    if (named && !sql.substr(end).starts_with('$')) return true;
    if (named) i = end;
  }
  return false;
}

}  // namespace pg2crdb
