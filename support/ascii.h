#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace pg2crdb {

/// A to Z as small letters; all other bytes, those of UTF-8 among them, stay.
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
inline std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
/// As PostgreSQL has it: blank, tab, line ends.
constexpr bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
/// Of a name without quotes, as PostgreSQL has it: letters, `_`, bytes of UTF-8 beyond ASCII.
constexpr bool begins_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}
constexpr bool in_name(char c) {
  return begins_name(c) || is_digit(c) || c == '$';
}

}  // namespace pg2crdb
