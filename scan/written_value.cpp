#include "scan/written_value.h"

#include <algorithm>

#include "rows/canonical_forms.h"
#include "rows/number.h"
#include "support/ascii.h"

namespace pg2crdb {

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string> written_number(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  const bool negative = text.starts_with('-');
  std::string_view rest = text.substr(negative ? 1 : 0);
  const std::string word = lower(rest.substr(0, 9));
  if (word == "nan" && !negative) return "NaN";
  if (word == "infinity" || word == "inf") return negative ? "-Infinity" : "Infinity";
  const auto take_digits = [&rest] {
    const auto end = std::ranges::find_if_not(rest, is_digit);
    const auto count = static_cast<size_t>(end - rest.begin());
    rest.remove_prefix(count);
    return count;
  };
  size_t digits = take_digits();
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    digits += take_digits();
  }
  if (digits == 0) return std::nullopt;
  if (rest.empty()) return std::string(text);
  if (lower(rest.front()) != 'e') return std::nullopt;
  rest.remove_prefix(1);
  if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
  if (take_digits() == 0 || !rest.empty()) return std::nullopt;
  return printed_number(text);
}

std::optional<bool> truth_of(std::string_view text) {
  std::string printed;
  if (!append_boolean(printed, text)) return std::nullopt;
  return printed == "t";
}

}  // namespace pg2crdb
