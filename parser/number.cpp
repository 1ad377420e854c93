#include "parser/number.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace pg2crdb::transform {
namespace {

unsigned base_of(std::string_view digits) {
  if (digits.size() < 3 || digits[0] != '0') return 10;
  switch (digits[1]) {
    case 'x':
    case 'X':
      return 16;
    case 'o':
    case 'O':
      return 8;
    case 'b':
    case 'B':
      return 2;
    default:
      return 10;
  }
}

unsigned value_of(char digit) {
  if (digit >= 'a') return static_cast<unsigned>(digit - 'a') + 10;
  if (digit >= 'A') return static_cast<unsigned>(digit - 'A') + 10;
  return static_cast<unsigned>(digit - '0');
}

// By hand, because nothing bounds the length. Decimal digits, the last first.
std::string reversed_decimal(std::string_view digits, unsigned base) {
  std::string result = "0";
  for (const char digit : digits) {
    unsigned carry = value_of(digit);
    for (char& place : result) {
      carry += static_cast<unsigned>(place - '0') * base;
      place = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) result += static_cast<char>('0' + carry % 10);
  }
  return result;
}

}  // namespace

std::string plain_number(std::string_view written) {
  std::string digits(written);
  std::erase(digits, '_');
  const size_t sign = digits.starts_with('-') || digits.starts_with('+') ? 1 : 0;
  const unsigned base = base_of(std::string_view(digits).substr(sign));
  if (base == 10) return digits;
  std::string plain = reversed_decimal(std::string_view(digits).substr(sign + 2), base);
  std::ranges::reverse(plain);
  return digits.substr(0, sign) + plain;
}

bool is_bigint(std::string_view plain) {
  if (plain.starts_with('+')) plain.remove_prefix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  return error == std::errc() && end == plain.data() + plain.size();
}

}  // namespace pg2crdb::transform
