#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "rows/canonical_forms.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

// More zeros than this are written as an exponent, so that 1E+130000 stays small.
constexpr size_t most_padding = 40;

// The value 0.<digits> * 10^point; digits without zeros at either end.
void append_digits(std::string& out, bool negative, std::string_view digits, int64_t point) {
  if (negative) out += '-';
  const auto count = static_cast<int64_t>(digits.size());
  if (point > count + static_cast<int64_t>(most_padding) || point < -static_cast<int64_t>(most_padding)) {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out += digits.substr(1);
    }
    out += 'E';
    out += std::to_string(point - 1);
  } else if (point <= 0) {
    out += "0.";
    out.append(static_cast<size_t>(-point), '0');
    out += digits;
  } else if (point >= count) {
    out += digits;
    out.append(static_cast<size_t>(point - count), '0');
  } else {
    out += digits.substr(0, static_cast<size_t>(point));
    out += '.';
    out += digits.substr(static_cast<size_t>(point));
  }
}

// How many digits `text` has where it is already as append_digits() would write it; 0 where that is not sure.
size_t plain_decimal(std::string_view text) {
  if (!text.empty() && text[0] == '-') text.remove_prefix(1);
  if (text.empty() || text.size() > most_padding || !is_digit(text[0])) return 0;
  const bool below_one = text[0] == '0';
  size_t i = 1;
  while (i < text.size() && is_digit(text[i])) ++i;
  if (i == text.size()) return below_one ? 0 : i;
  if (text[i] != '.' || (below_one && i != 1)) return 0;
  for (size_t k = i + 1; k < text.size(); ++k) {
    if (!is_digit(text[k])) return 0;
  }
  if (i + 1 == text.size() || text.back() == '0') return 0;
  return text.size() - 1;
}

bool append_special_number(std::string& out, std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  if (equals_word(text, "nan")) {
    out += "NaN";
  } else if (equals_word(text, "infinity") || equals_word(text, "inf")) {
    out += negative ? "-Infinity" : "Infinity";
  } else {
    return false;
  }
  return true;
}

template <class Float>
bool append_float(std::string& out, std::string_view text) {
  // A decimal of so few digits is the shortest that reads back as its own bits.
  const size_t digits = plain_decimal(text);
  if (digits > 0 && digits <= std::numeric_limits<Float>::digits10) {
    out += text;
    return true;
  }
  if (append_special_number(out, text)) return true;
  std::string_view number = text;
  if (!number.empty() && number[0] == '+') number.remove_prefix(1);
  Float value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(value)) return false;
  if (value == 0) {
    out += std::signbit(value) ? "-0" : "0";
    return true;
  }
  std::array<char, 64> buffer{};
  const char* const buffer_end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                               std::chars_format::scientific)
                                     .ptr;
  const std::string_view scientific(buffer.data(),
                                    static_cast<size_t>(buffer_end - buffer.data()));  // d[.ddd]e+dd
  const size_t e = scientific.find('e');
  std::string shortest(scientific.substr(0, 1));
  if (e > 2) shortest += scientific.substr(2, e - 2);
  int exponent = 0;
  std::from_chars(scientific.data() + e + (scientific[e + 1] == '+' ? 2 : 1), buffer_end, exponent);
  shortest.resize(shortest.find_last_not_of('0') + 1);
  append_digits(out, value < 0, shortest, exponent + 1);
  return true;
}

}  // namespace

bool append_decimal(std::string& out, std::string_view text) {
  if (plain_decimal(text) > 0) {
    out += text;
    return true;
  }
  size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) i = 1;
  const size_t whole = i;
  while (i < text.size() && is_digit(text[i])) ++i;
  const size_t whole_end = i;
  size_t fraction = i;
  size_t fraction_end = i;
  if (i < text.size() && text[i] == '.') {
    fraction = ++i;
    while (i < text.size() && is_digit(text[i])) ++i;
    fraction_end = i;
  }
  if (whole == whole_end && fraction == fraction_end) return false;
  int64_t exponent = 0;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && text[i] == '+') ++i;
    const auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
    if (error != std::errc() || exponent > 1'000'000'000'000 || exponent < -1'000'000'000'000) return false;
    i = static_cast<size_t>(end - text.data());
  }
  if (i != text.size()) return false;

  std::string digits(text.substr(whole, whole_end - whole));
  digits += text.substr(fraction, fraction_end - fraction);
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) {
    out += '0';
    return true;
  }
  const size_t last = digits.find_last_not_of('0');
  const int64_t point = static_cast<int64_t>(whole_end - whole) - static_cast<int64_t>(first) + exponent;
  append_digits(out, negative, std::string_view(digits).substr(first, last - first + 1), point);
  return true;
}

bool append_number(std::string& out, std::string_view text) {
  return append_decimal(out, text) || append_special_number(out, text);
}
bool append_float4(std::string& out, std::string_view text) {
  return append_float<float>(out, text);
}
bool append_float8(std::string& out, std::string_view text) {
  return append_float<double>(out, text);
}

}  // namespace pg2crdb
