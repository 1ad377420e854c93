#include "support/utf8.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace pg2crdb {

// Unicode 15, table 3-7: which second bytes are well formed depends on the first.
Utf8Character decode_utf8(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1, true};
  size_t length = 0;
  unsigned low = 0x80;
  unsigned high = 0xBF;
  char32_t code = 0;
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
    code = first & 0x1F;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    code = first & 0x0F;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    code = first & 0x07;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return {0xFFFD, 1, false};
  }
  for (size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) return {0xFFFD, i, false};
    code = code << 6 | (byte(i) & 0x3F);
    low = 0x80;
    high = 0xBF;
  }
  return {code, length, true};
}

size_t count_characters(std::string_view text) {
  constexpr uint64_t high_bits = 0x8080808080808080;
  size_t count = text.size();
  size_t i = 0;
  // A byte goes on with a character where its highest bit is set and the next one is not.
  for (; i + sizeof(uint64_t) <= text.size(); i += sizeof(uint64_t)) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + i, sizeof bytes);
    const uint64_t going_on = bytes & ~(bytes << 1U) & high_bits;
    if (going_on != 0) count -= static_cast<size_t>(std::popcount(going_on));
  }
  for (; i < text.size(); ++i) count -= continues_character(text[i]) ? 1 : 0;
  return count;
}

}  // namespace pg2crdb
