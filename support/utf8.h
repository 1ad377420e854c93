#pragma once
#include <cstddef>
#include <string_view>

namespace pg2crdb {

/// One character of a text that ought to be UTF-8.
struct Utf8Character {
  char32_t code = 0;  ///< U+FFFD where the bytes are not valid
  size_t length =
      0;  ///< bytes it takes, at least 1; of invalid bytes as many as could have begun a character
  bool valid = false;
};

/// The character at the beginning of `text`, which is not empty.
Utf8Character decode_utf8(std::string_view text);

/// Whether a byte goes on with a character that an earlier one began.
constexpr bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// How many characters a text has: bytes that do not go on with one.
size_t count_characters(std::string_view text);

/// U+FFFD, which stands for bytes that are not valid.
inline constexpr std::string_view replacement_character = "\xEF\xBF\xBD";

}  // namespace pg2crdb
