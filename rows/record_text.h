#pragma once
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "support/ascii.h"

namespace pg2crdb {

/// Reads PostgreSQL's text of a row, as record_in() does. `field` is called with each value, without its
/// quotes and escapes, nothing where it is NULL, as `bool(std::optional<std::string_view>)`: false to stop;
/// its text is good for the call. False where the text is no row's, or `field` stopped it.
template <class Take>
bool read_record(std::string_view text, const Take& field) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return false;
  std::string value;
  for (size_t at = 1;; ++at) {
    value.clear();
    bool null = true;
    bool quoted = false;
    while (quoted || (text[at] != ',' && text[at] != ')')) {
      null = false;
      if (text[at] == '"' && quoted && text[at + 1] == '"') {
        value += text[++at];
      } else if (text[at] == '"') {
        quoted = !quoted;
      } else {
        if (text[at] == '\\') ++at;
        if (at + 1 >= text.size()) return false;
        value += text[at];
      }
      if (++at >= text.size()) return false;
    }
    if (!field(null ? std::nullopt : std::optional<std::string_view>(value))) return false;
    if (text[at] == ')') return at + 1 == text.size();
  }
}

/// As record_out() quotes it.
inline void append_record_field(std::string& record, std::string_view value) {
  const bool quote = value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
                       return c == '"' || c == '\\' || c == '(' || c == ')' || c == ',' || is_blank(c);
                     });
  if (!quote) {
    record += value;
    return;
  }
  record += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') record += c;
    record += c;
  }
  record += '"';
}

}  // namespace pg2crdb
