#include "rows/number.h"

#include <algorithm>
#include <charconv>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr int longest_exponent = 400;  // of double precision, and some more

}  // namespace

std::optional<std::string> printed_number(std::string_view number) {
  // What pg_dump writes of a float with --inserts; PostgreSQL reads 0, but the source's row has it.
  if (number == "-0") return std::nullopt;
  const bool negative = number.starts_with('-');
  std::string_view digits = number.substr(negative ? 1 : 0);
  int exponent = 0;
  const size_t e = digits.find_first_of("eE");
  if (e != std::string_view::npos) {
    std::string_view power = digits.substr(e + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    const auto [end, error] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (error != std::errc() || end != power.data() + power.size()) return std::nullopt;
    if (exponent > longest_exponent || exponent < -longest_exponent) return std::nullopt;
    digits = digits.substr(0, e);
  }
  const size_t point = std::min(digits.find('.'), digits.size());
  std::string whole(digits.substr(0, point));
  std::string fraction(point < digits.size() ? digits.substr(point + 1) : std::string_view());
  for (; exponent > 0; --exponent) {
    whole += fraction.empty() ? '0' : fraction.front();
    if (!fraction.empty()) fraction.erase(0, 1);
  }
  if (exponent < 0) {
    const auto moved = static_cast<size_t>(-exponent);
    const size_t kept = whole.size() - std::min(moved, whole.size());
    fraction = std::string(moved - (whole.size() - kept), '0') + whole.substr(kept) + fraction;
    whole.resize(kept);
  }
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
  const bool zero = whole.empty() && fraction.find_first_not_of('0') == std::string::npos;
  std::string printed = negative && !zero ? "-" : "";
  printed += whole.empty() ? "0" : whole;
  if (!fraction.empty()) printed += "." + fraction;
  if (printed == number) return std::nullopt;
  return printed;
}

std::string rounded_number(std::string_view number) {
  const size_t point = number.find('.');
  if (point == std::string_view::npos) return std::string(number);
  const bool negative = number.starts_with('-');
  std::string whole(number.substr(negative ? 1 : 0, point - (negative ? 1 : 0)));
  const std::string_view fraction = number.substr(point + 1);
  if (whole.empty() || !std::all_of(whole.begin(), whole.end(), is_digit) ||
      !std::all_of(fraction.begin(), fraction.end(), is_digit))
    return std::string(number);
  if (!fraction.empty() && fraction.front() >= '5') {
    size_t last = whole.size();
    while (last > 0 && whole[last - 1] == '9') whole[--last] = '0';
    if (last > 0) {
      ++whole[last - 1];
    } else {
      whole.insert(0, 1, '1');
    }
  }
  return negative && whole != "0" ? "-" + whole : whole;
}

}  // namespace pg2crdb
