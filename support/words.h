#pragma once
#include <algorithm>
#include <string_view>

#include "support/ascii.h"

namespace pg2crdb {

/// Calls `f(word)` for each run of letters, digits, `_` and bytes above 127 that does not begin with a digit:
/// everything that could be a name in a piece of SQL, those in strings and comments too.
template <class Function>
void for_each_word(std::string_view sql, Function&& f) {
  auto in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           static_cast<unsigned char>(c) > 127;
  };
  for (size_t i = 0; i < sql.size();) {
    if (!in_word(sql[i])) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < sql.size() && in_word(sql[end])) ++end;
    if (sql[i] < '0' || sql[i] > '9') f(sql.substr(i, end - i));
    i = end;
  }
}

/// Whether `word`, in small letters, stands anywhere in a text in any letters, in a longer word too.
inline bool has_word(std::string_view text, std::string_view word) {
  return std::ranges::search(text, word, [](char a, char b) { return lower(a) == b; }).begin() != text.end();
}

}  // namespace pg2crdb
