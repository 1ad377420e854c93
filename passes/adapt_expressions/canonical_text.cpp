#include "passes/adapt_expressions/canonical_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <limits>

namespace pg2crdb::adapt {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) + 1 - first);
}

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Days since 1970 of `2024-02-29`.
std::optional<int64_t> date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number<int>(text.substr(0, 4));
  const auto month = number<unsigned>(text.substr(5, 2));
  const auto day = number<unsigned>(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day day_of{std::chrono::year(*year), std::chrono::month(*month),
                                           std::chrono::day(*day)};
  if (!day_of.ok()) return std::nullopt;
  return std::chrono::sys_days(day_of).time_since_epoch().count();
}

std::string date_text(int64_t days) {
  const std::chrono::year_month_day day{
      std::chrono::sys_days(std::chrono::days(static_cast<std::chrono::days::rep>(days)))};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

/// Of a type whose values follow one another: from the first one to the one behind the last.
template <class Read, class Write>
std::optional<std::string> steps(std::string_view lower, bool with_lower, std::string_view upper,
                                 bool with_upper, const Read& read, const Write& write) {
  std::optional<int64_t> first, end;
  constexpr int64_t last = std::numeric_limits<int64_t>::max();
  if (!lower.empty()) {
    first = read(lower);
    if (!first || *first == last) return std::nullopt;
    if (!with_lower) ++*first;
  }
  if (!upper.empty()) {
    end = read(upper);
    if (!end || *end == last) return std::nullopt;
    if (with_upper) ++*end;
  }
  if (first && end && *first >= *end) return "empty";
  return (first ? "[" + write(*first) : "(") + "," + (end ? write(*end) : "") + ")";
}

/// A bound as PostgreSQL writes it, in quotes where it has blanks; none is written so, too.
bool is_plain_time(std::string_view text) {
  if (text.empty() || text == "infinity" || text == "-infinity") return true;
  return text.size() > 2 && text.front() == '"' && text.back() == '"' &&
         text.substr(1, text.size() - 2).find_first_not_of("0123456789-+:. ") == std::string_view::npos;
}

bool is_plain_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() != '.' && text.back() != '.' &&
         (text.front() != '0' || text.size() == 1 || text[1] == '.') &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

std::optional<std::string> canonical_range(std::string_view type, std::string_view text) {
  text = trimmed(text);
  if (text == "empty") return "empty";
  const size_t comma = text.find(',');
  const bool is_range = text.size() >= 3 && comma != std::string_view::npos &&
                        (text.front() == '[' || text.front() == '(') &&
                        (text.back() == ']' || text.back() == ')');
  if (!is_range) return std::nullopt;
  const std::string_view lower = trimmed(text.substr(1, comma - 1));
  const std::string_view upper = trimmed(text.substr(comma + 1, text.size() - comma - 2));
  const bool with_lower = text.front() == '[';
  const bool with_upper = text.back() == ']';
  if (type == "int4range" || type == "int8range")
    return steps(lower, with_lower, upper, with_upper, number<int64_t>,
                 [](int64_t value) { return std::to_string(value); });
  const bool endless = lower.ends_with("infinity") || upper.ends_with("infinity");
  if (type == "daterange" && !endless) return steps(lower, with_lower, upper, with_upper, date, date_text);
  const auto is_plain = [&](std::string_view bound) {
    if (type == "numrange") return bound.empty() || is_plain_number(bound);
    if (type == "daterange") return is_plain_time(bound) || date(bound).has_value();
    return (type == "tsrange" || type == "tstzrange") && is_plain_time(bound);
  };
  const bool is_step = type == "daterange" && (!with_lower || with_upper);
  if (!is_plain(lower) || !is_plain(upper) || is_step || (lower == upper && !lower.empty()))
    return std::nullopt;
  return (with_lower && !lower.empty() ? "[" : "(") + std::string(lower) + "," + std::string(upper) +
         (with_upper && !upper.empty() ? "]" : ")");
}

std::string canonical_network(std::string_view text) {
  const std::string_view address = text.substr(0, text.find('/'));
  const bool has_mask = address.size() < text.size();
  const auto bytes = static_cast<size_t>(std::count(address.begin(), address.end(), '.')) + 1;
  const std::optional<unsigned> first = number<unsigned>(address.substr(0, address.find('.')));
  if (!first || *first >= 224 || bytes > 4 || (bytes == 4 && has_mask)) return std::string(text);
  if (address.find_first_not_of("0123456789.") != std::string_view::npos) return std::string(text);
  std::string all(address);
  for (size_t i = bytes; i < 4; ++i) all += ".0";
  if (has_mask) return all + std::string(text.substr(address.size()));
  const size_t of_class = *first < 128 ? 8 : *first < 192 ? 16 : 24;
  return all + "/" + std::to_string(std::max(of_class, 8 * bytes));
}

}  // namespace pg2crdb::adapt
