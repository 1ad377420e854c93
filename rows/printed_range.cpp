// Ranges and multiranges as range_out() and multirange_out() write them.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <compare>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <utility>
#include <vector>

#include "rows/canonical_forms.h"
#include "rows/number.h"
#include "rows/printed_forms.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using Order = std::optional<std::strong_ordering>;  // nothing: not known
constexpr auto less = std::strong_ordering::less;
constexpr auto equal = std::strong_ordering::equal;
constexpr auto greater = std::strong_ordering::greater;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool are_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

/// `2024-02-29`, with a year of up to seven digits: the day it is. `days` is nothing where it is beyond what
/// is counted here.
struct Day {
  std::optional<int64_t> days = {};
};
std::optional<Day> day_of(std::string_view text, bool is_before_christ) {
  constexpr size_t behind_year = 6;  // -02-29
  if (text.size() < 4 + behind_year || text.size() > 7 + behind_year) return std::nullopt;
  const std::string_view rest = text.substr(text.size() - behind_year);
  const std::string_view year = text.substr(0, text.size() - behind_year);
  if (!are_digits(year) || rest[0] != '-' || rest[3] != '-' || !are_digits(rest.substr(1, 2)) ||
      !are_digits(rest.substr(4)))
    return std::nullopt;
  if (year.size() > 4) return Day{};
  const auto said = static_cast<int>(*number(year));
  if (said == 0) return std::nullopt;
  // The year before 1 is 1 BC, a leap year.
  const std::chrono::year_month_day day{std::chrono::year(is_before_christ ? 1 - said : said),
                                        std::chrono::month(static_cast<unsigned>(*number(rest.substr(1, 2)))),
                                        std::chrono::day(static_cast<unsigned>(*number(rest.substr(4))))};
  if (!day.ok()) return std::nullopt;
  if (is_before_christ) return Day{};
  return Day{std::chrono::sys_days(day).time_since_epoch().count()};
}

std::string date_text(int64_t days) {
  const std::chrono::year_month_day day{
      std::chrono::sys_days(std::chrono::days(static_cast<std::chrono::days::rep>(days)))};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

/// What is behind the day: `12:30:00`, `12:30:00.25`. Seconds may be left out.
std::optional<std::string> clock_text(std::string_view text) {
  const auto two = [&](size_t at, int limit) {
    return text.size() >= at + 2 && are_digits(text.substr(at, 2)) && *number(text.substr(at, 2)) < limit;
  };
  constexpr int hours = 24, minutes = 60;
  if (!two(0, hours) || text.size() < 5 || text[2] != ':' || !two(3, minutes)) return std::nullopt;
  if (text.size() == 5) return std::string(text) + ":00";
  if (text[5] != ':' || !two(6, minutes)) return std::nullopt;
  std::string_view seconds = text.substr(8);
  if (seconds.empty()) return std::string(text);
  if (seconds.front() != '.' || seconds.size() > 7 || !are_digits(seconds.substr(1))) return std::nullopt;
  while (seconds.ends_with('0')) seconds.remove_suffix(1);
  if (seconds == ".") seconds = {};
  return std::string(text.substr(0, 8)) + std::string(seconds);
}

/// `+02`, `-03:30`, as it is printed.
bool is_offset(std::string_view text) {
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return false;
  for (size_t at = 1; at < text.size(); at += 3) {
    if (!are_digits(text.substr(at, 2)) || text.size() < at + 2) return false;
    if (at + 2 < text.size() && text[at + 2] != ':') return false;
  }
  return text.back() != ':';
}

/// One with a zone is printed in that of the session: what says no offset is not known.
std::optional<std::string> moment_text(std::string_view text, bool has_zone) {
  std::string_view behind;
  if (constexpr std::string_view before_christ = " BC"; text.ends_with(before_christ)) {
    behind = before_christ;
    text.remove_suffix(before_christ.size());
  }
  const size_t gap = text.find_first_of(" T");
  if (!day_of(text.substr(0, gap), !behind.empty())) return std::nullopt;
  std::string printed(text.substr(0, gap));
  std::string_view rest = gap == std::string_view::npos ? std::string_view() : text.substr(gap + 1);
  std::string_view offset;
  if (has_zone) {
    const size_t sign = rest.find_first_of("+-");
    if (sign == std::string_view::npos || !is_offset(rest.substr(sign))) return std::nullopt;
    offset = rest.substr(sign);
    rest = rest.substr(0, sign);
  }
  const std::optional<std::string> clock =
      gap == std::string_view::npos ? std::optional<std::string>("00:00:00") : clock_text(rest);
  if (!clock) return std::nullopt;
  return printed + " " + *clock + std::string(offset) + std::string(behind);
}

/// Infinity and NaN as PostgreSQL spells them, other numbers without exponent.
std::optional<std::string> numeric_text(std::string_view text) {
  const std::string word = lower(text);
  if (word == "nan") return "NaN";
  if (word == "infinity" || word == "+infinity" || word == "inf" || word == "+inf") return "Infinity";
  if (word == "-infinity" || word == "-inf") return "-Infinity";
  std::string_view digits = text;
  if (digits.starts_with('+') || digits.starts_with('-')) digits.remove_prefix(1);
  const bool is_number = !digits.empty() && (is_digit(digits.front()) || digits.front() == '.') &&
                         std::count(digits.begin(), digits.end(), '.') < 2 &&
                         digits.find_first_not_of("0123456789.") == std::string_view::npos && digits != ".";
  if (!is_number) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string printed = printed_number(text).value_or(std::string(text));
  if (printed.starts_with('-') && printed.find_first_not_of("-0.") == std::string::npos) printed.erase(0, 1);
  return printed;
}

std::strong_ordering compare_numerics(std::string_view left, std::string_view right) {
  const auto rank = [](std::string_view one) {
    return one == "NaN" ? 2 : one == "Infinity" ? 1 : one == "-Infinity" ? -1 : 0;
  };
  if (rank(left) != 0 || rank(right) != 0) return rank(left) <=> rank(right);
  const bool is_negative = left.starts_with('-');
  if (is_negative != right.starts_with('-')) return is_negative ? less : greater;
  if (is_negative) {
    left.remove_prefix(1);
    right.remove_prefix(1);
  }
  const auto whole = [](std::string_view one) { return one.substr(0, one.find('.')); };
  const auto fraction = [](std::string_view one) {
    std::string_view digits = one.substr(std::min(one.find('.'), one.size()));
    while (digits.ends_with('0') || digits == ".") digits.remove_suffix(1);
    return digits;
  };
  std::strong_ordering order = whole(left).size() <=> whole(right).size();
  if (order == equal) order = whole(left).compare(whole(right)) <=> 0;
  if (order == equal) order = fraction(left).compare(fraction(right)) <=> 0;
  return is_negative ? 0 <=> order : order;
}

enum class Of { integers, bigints, numerics, dates, times, times_with_zone };

std::optional<Of> bounds_of(std::string_view type) {
  constexpr std::pair<std::string_view, Of> all[] = {{"int4", Of::integers}, {"int8", Of::bigints},
                                                     {"num", Of::numerics},  {"date", Of::dates},
                                                     {"ts", Of::times},      {"tstz", Of::times_with_zone}};
  for (const auto& [name, of] : all) {
    if (type == name) return of;
  }
  return std::nullopt;
}

bool has_steps(Of of) {
  return of == Of::integers || of == Of::bigints || of == Of::dates;
}

struct Bound {
  bool endless = false;
  bool inclusive = false;
  std::string text = {};
  std::optional<int64_t> step = {};  ///< of integers and of days that are counted
};

struct Range {
  bool empty = false;
  Bound lower = {}, upper = {};
};

Order compare(Of of, const Bound& left, const Bound& right) {
  if (left.step && right.step) return *left.step <=> *right.step;
  if (left.text == right.text) return equal;
  if (left.text == "-infinity" || right.text == "infinity") return less;
  if (left.text == "infinity" || right.text == "-infinity") return greater;
  if (of == Of::numerics) return compare_numerics(left.text, right.text);
  // Of one length, years and hours stand in the same places.
  const auto offset = [](std::string_view text) {
    return text.substr(std::min(text.find_first_of("+-", text.find(' ')), text.size()));
  };
  const bool is_alike =
      of == Of::times || (of == Of::times_with_zone && offset(left.text) == offset(right.text));
  if (!is_alike || left.text.ends_with("BC") || right.text.ends_with("BC") ||
      left.text.find('-') != right.text.find('-'))
    return std::nullopt;
  return left.text.compare(right.text) <=> 0;
}

/// Reads a bound up to one of `ends`, which it leaves there; false where it is none of the type.
bool read_bound(std::string_view& text, std::string_view ends, Of of, Bound& bound) {
  std::string value;
  bool any = false, quoted = false;
  size_t at = 0;
  for (; at < text.size() && (quoted || ends.find(text[at]) == std::string_view::npos); ++at) {
    any = true;
    if (text[at] == '"' && quoted && at + 1 < text.size() && text[at + 1] == '"') {
      value += text[++at];
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else {
      if (text[at] == '\\' && ++at == text.size()) return false;
      value += text[at];
    }
  }
  if (at == text.size()) return false;
  text.remove_prefix(at);
  bound.endless = !any;
  if (bound.endless) return true;
  const std::string_view written = trimmed(value);
  const std::string word = lower(written);
  if (!(of == Of::numerics || of == Of::integers || of == Of::bigints) &&
      (word == "infinity" || word == "-infinity")) {
    bound.text = word;
    return true;
  }
  std::optional<std::string> printed;
  switch (of) {
    case Of::integers:
    case Of::bigints:
      bound.step = number(written);
      return bound.step.has_value();
    case Of::numerics:
      printed = numeric_text(written);
      break;
    case Of::dates: {
      const bool is_before = written.ends_with(" BC");
      const std::optional<Day> day =
          day_of(is_before ? written.substr(0, written.size() - 3) : written, is_before);
      if (!day) return false;
      bound.step = day->days;
      printed = std::string(written);
      break;
    }
    case Of::times:
    case Of::times_with_zone:
      printed = moment_text(written, of == Of::times_with_zone);
      break;
  }
  if (printed) bound.text = std::move(*printed);
  return printed.has_value();
}

/// Where values follow one another: from the first one to the one behind the last. False where that is not
/// known.
bool make_step(Of of, Bound& bound, bool inclusive) {
  if (bound.endless || bound.text.ends_with("infinity") || bound.inclusive == inclusive) return true;
  const int64_t last =
      of == Of::integers ? std::numeric_limits<int32_t>::max() : std::numeric_limits<int64_t>::max();
  if (!bound.step || *bound.step >= last) return false;
  ++*bound.step;
  bound.inclusive = inclusive;
  return true;
}

/// Takes it off the beginning of the text.
std::optional<Range> read_range(std::string_view& text, Of of) {
  Range range;
  if (constexpr std::string_view word = "empty";
      text.size() >= word.size() && equals_word(text.substr(0, word.size()), word)) {
    text.remove_prefix(word.size());
    range.empty = true;
    return range;
  }
  if (text.empty() || (text.front() != '[' && text.front() != '(')) return std::nullopt;
  range.lower.inclusive = text.front() == '[';
  text.remove_prefix(1);
  if (!read_bound(text, ",", of, range.lower)) return std::nullopt;
  text.remove_prefix(1);
  if (!read_bound(text, ")]", of, range.upper)) return std::nullopt;
  range.upper.inclusive = text.front() == ']';
  text.remove_prefix(1);
  for (Bound* one : {&range.lower, &range.upper}) one->inclusive = one->inclusive && !one->endless;
  if (!range.lower.endless && !range.upper.endless) {
    const Order order = compare(of, range.lower, range.upper);
    if (order == greater) return std::nullopt;
    range.empty = order == equal && !(range.lower.inclusive && range.upper.inclusive);
    if (range.empty) return range;
  }
  if (has_steps(of) && (!make_step(of, range.lower, true) || !make_step(of, range.upper, false)))
    return std::nullopt;
  range.empty = has_steps(of) && !range.lower.endless && !range.upper.endless &&
                compare(of, range.lower, range.upper) == equal && !range.upper.inclusive;
  return range;
}

void append_bound(std::string& out, Of of, const Bound& bound) {
  if (bound.endless) return;
  const std::string text = !bound.step       ? bound.text
                           : of == Of::dates ? date_text(*bound.step)
                                             : std::to_string(*bound.step);
  const bool quote = text.find(' ') != std::string::npos;
  out += quote ? "\"" + text + "\"" : text;
}

void append_range(std::string& out, Of of, const Range& range) {
  if (range.empty) {
    out += "empty";
    return;
  }
  out += range.lower.inclusive ? '[' : '(';
  append_bound(out, of, range.lower);
  out += ',';
  append_bound(out, of, range.upper);
  out += range.upper.inclusive ? ']' : ')';
}

/// By where they begin.
Order compare_begins(Of of, const Range& left, const Range& right) {
  if (left.lower.endless || right.lower.endless) return right.lower.endless <=> left.lower.endless;
  const Order order = compare(of, left.lower, right.lower);
  return order != equal ? order : right.lower.inclusive <=> left.lower.inclusive;
}

/// Makes one range of both where the second, which begins no earlier, meets the first; false where it does
/// not. Nothing where that is not known.
std::optional<bool> joins(Of of, Range& first, const Range& second) {
  if (first.upper.endless || second.lower.endless) {
    if (!first.upper.endless) first.upper = second.upper;
    return true;
  }
  const Order gap = compare(of, first.upper, second.lower);
  if (!gap) return std::nullopt;
  if (gap == less || (gap == equal && !first.upper.inclusive && !second.lower.inclusive)) return false;
  const Order end = second.upper.endless ? Order(less) : compare(of, first.upper, second.upper);
  if (!end) return std::nullopt;
  if (end == less || (end == equal && second.upper.inclusive)) first.upper = second.upper;
  return true;
}

/// In their order, and one where several meet. Nothing where the order of two is not known: they stay as they
/// are written.
std::optional<std::vector<Range>> joined_ranges(Of of, std::vector<Range> ranges) {
  for (size_t i = 1; i < ranges.size(); ++i) {
    for (size_t at = i; at > 0; --at) {
      const Order order = compare_begins(of, ranges[at], ranges[at - 1]);
      if (!order) return std::nullopt;
      if (order != less) break;
      std::swap(ranges[at], ranges[at - 1]);
    }
  }
  std::vector<Range> joined;
  for (Range& one : ranges) {
    const std::optional<bool> met = joined.empty() ? false : joins(of, joined.back(), one);
    if (!met) return std::nullopt;
    if (!*met) joined.push_back(std::move(one));
  }
  return joined;
}

}  // namespace

std::optional<std::string> printed_range(std::string_view type, std::string_view text) {
  constexpr std::string_view word = "range";
  const std::optional<Of> of = bounds_of(type.substr(0, type.size() - std::min(word.size(), type.size())));
  if (!of || !type.ends_with(word)) return std::nullopt;
  text = trimmed(text);
  const std::optional<Range> range = read_range(text, *of);
  if (!range || !text.empty()) return std::nullopt;
  std::string out;
  append_range(out, *of, *range);
  return out;
}

std::optional<std::string> printed_multirange(std::string_view type, std::string_view text) {
  constexpr std::string_view word = "multirange";
  const std::optional<Of> of = bounds_of(type.substr(0, type.size() - std::min(word.size(), type.size())));
  text = trimmed(text);
  if (!of || text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  text = trimmed(text.substr(1, text.size() - 2));
  std::vector<Range> ranges;
  while (!text.empty()) {
    std::optional<Range> range = read_range(text, *of);
    if (!range) return std::nullopt;
    if (!range->empty) ranges.push_back(std::move(*range));
    text = trimmed(text);
    if (text.empty()) break;
    if (text.front() != ',') return std::nullopt;
    text = trimmed(text.substr(1));
    if (text.empty()) return std::nullopt;
  }
  std::string out = "{";
  for (const Range& one : joined_ranges(*of, ranges).value_or(ranges)) {
    if (out.size() > 1) out += ',';
    append_range(out, *of, one);
  }
  return out + "}";
}

}  // namespace pg2crdb
