#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "support/ascii.h"

namespace pg2crdb {

/// The value of a hexadecimal digit of either case, -1 of anything else.
constexpr int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/// Two digits, lower case.
inline void append_hex(std::string& out, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  out += digits[byte >> 4U];
  out += digits[byte & 0xFU];
}

/// The bytes that pairs of digits, of either case, stand for. Nothing where a digit is missing or none.
std::optional<std::string> from_hex(std::string_view hex);

}  // namespace pg2crdb
