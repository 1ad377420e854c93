// Ranges and multiranges as range_out() and multirange_out() write them.
#include <algorithm>
#include <array>
#include <charconv>
#include <compare>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <utility>
#include <vector>

#include "rows/canonical_forms.h"
#include "rows/number.h"
#include "rows/printed_forms.h"
#include "rows/time_parts.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

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

/// `2024-02-29`, with a year of up to seven digits: the day it is, from 1970 on. Nothing where it is none
/// that PostgreSQL has.
std::optional<int64_t> day_of(std::string_view text, bool is_before_christ) {
  constexpr size_t behind_year = 6;  // -02-29
  if (text.size() < 4 + behind_year || text.size() > 7 + behind_year) return std::nullopt;
  const std::string_view rest = text.substr(text.size() - behind_year);
  const std::string_view year = text.substr(0, text.size() - behind_year);
  if (!are_digits(year) || rest[0] != '-' || rest[3] != '-' || !are_digits(rest.substr(1, 2)) ||
      !are_digits(rest.substr(4)))
    return std::nullopt;
  const int64_t said = *number(year), month = *number(rest.substr(1, 2)), day = *number(rest.substr(4));
  constexpr int64_t last_year = 5874897, first_year = 4713;  // before Christ
  if (said == 0 || said > (is_before_christ ? first_year : last_year)) return std::nullopt;
  const CivilDate date{is_before_christ ? 1 - said : said, month, day};
  if (!is_day(date)) return std::nullopt;
  return days_from_civil(date.year, date.month, date.day);
}

/// Without the BC that stands behind all of a moment.
std::string date_text(int64_t days) {
  const CivilDate day = civil_from_days(days);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02d",
                static_cast<int>(day.year > 0 ? day.year : 1 - day.year), static_cast<int>(day.month),
                static_cast<int>(day.day));
  return text.data();
}

constexpr std::string_view before_christ = " BC";
std::string_view era_of(int64_t days) {
  return civil_from_days(days).year > 0 ? std::string_view() : before_christ;
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

/// `+02`, `-03:30`, as it is printed: in seconds.
std::optional<int64_t> offset_of(std::string_view text) {
  if (text.size() < 3 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  constexpr int64_t most = 60;
  int64_t seconds = 0, unit = most * most;
  for (size_t at = 1; at < text.size() && unit > 0; at += 3, unit /= most) {
    if (!are_digits(text.substr(at, 2)) || text.size() < at + 2) return std::nullopt;
    if (at + 2 < text.size() && text[at + 2] != ':') return std::nullopt;
    seconds += *number(text.substr(at, 2)) * unit;
  }
  if (text.back() == ':' || text.size() > std::string_view("+00:00:00").size()) return std::nullopt;
  return text[0] == '-' ? -seconds : seconds;
}

constexpr int64_t day_of_2000 = 10957;

/// A moment in microseconds from 2000 on; one with a zone needs an offset, since what says none is in that of
/// the session.
std::optional<int64_t> moment_of(std::string_view text, bool has_zone) {
  const bool is_before_christ = text.ends_with(before_christ);
  if (is_before_christ) text.remove_suffix(before_christ.size());
  const size_t gap = text.find_first_of(" T");
  const std::optional<int64_t> day = day_of(text.substr(0, gap), is_before_christ);
  constexpr int64_t first = -211'813'488'000'000'000, end = 9'223'371'331'200'000'000;
  if (!day || *day - day_of_2000 > end / microseconds_of_day) return std::nullopt;
  std::string_view rest = gap == std::string_view::npos ? std::string_view() : text.substr(gap + 1);
  int64_t offset = 0;
  if (has_zone) {
    const size_t sign = rest.find_first_of("+-");
    const std::optional<int64_t> said =
        sign == std::string_view::npos ? std::nullopt : offset_of(rest.substr(sign));
    if (!said) return std::nullopt;
    offset = *said;
    rest = rest.substr(0, sign);
  }
  const std::optional<std::string> clock =
      gap == std::string_view::npos ? std::optional<std::string>("00:00:00") : clock_text(rest);
  if (!clock) return std::nullopt;
  const auto part = [&](size_t at) { return *number(std::string_view(*clock).substr(at, 2)); };
  int64_t fraction = 0;
  for (size_t i = 0; i < 6; ++i)
    fraction = fraction * 10 + (i + 9 < clock->size() ? (*clock)[i + 9] - '0' : 0);
  const int64_t of_day =
      ((part(0) * 60 + part(3)) * 60 + part(6) - offset) * microseconds_of_second + fraction;
  int64_t moment = 0;
  if (__builtin_add_overflow((*day - day_of_2000) * microseconds_of_day, of_day, &moment) || moment < first ||
      moment >= end)
    return std::nullopt;
  return moment;
}

/// One with a zone as a session prints it whose zone is UTC, as those of CockroachDB are.
std::string moment_text(int64_t moment, bool has_zone) {
  const int64_t of_day = (moment % microseconds_of_day + microseconds_of_day) % microseconds_of_day;
  const int64_t day = (moment - of_day) / microseconds_of_day + day_of_2000;
  const int64_t seconds = of_day / microseconds_of_second;
  std::array<char, 32> clock{};
  std::snprintf(clock.data(), clock.size(), " %02d:%02d:%02d.%06d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60),
                static_cast<int>(of_day % microseconds_of_second));
  std::string text = date_text(day) + clock.data();
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text + (has_zone ? "+00" : "") + std::string(era_of(day));
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
  std::optional<int64_t> step = {};  ///< the integer, the day, or the moment
};

struct Range {
  bool empty = false;
  Bound lower = {}, upper = {};
};

std::strong_ordering compare(Of of, const Bound& left, const Bound& right) {
  if (left.step && right.step) return *left.step <=> *right.step;
  if (of == Of::numerics) return compare_numerics(left.text, right.text);
  const auto rank = [](const Bound& one) { return one.step ? 0 : one.text == "infinity" ? 1 : -1; };
  return rank(left) <=> rank(right);
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
      const bool is_before = written.ends_with(before_christ);
      const std::string_view day =
          is_before ? written.substr(0, written.size() - before_christ.size()) : written;
      bound.step = day_of(day, is_before);
      return bound.step.has_value();
    }
    case Of::times:
    case Of::times_with_zone:
      bound.step = moment_of(written, of == Of::times_with_zone);
      return bound.step.has_value();
  }
  if (printed) bound.text = std::move(*printed);
  return printed.has_value();
}

/// Where values follow one another: from the first one to the one behind the last. False where that is not
/// known.
bool make_step(Of of, Bound& bound, bool inclusive) {
  if (bound.endless || bound.text.ends_with("infinity") || bound.inclusive == inclusive) return true;
  const int64_t last = of == Of::integers ? std::numeric_limits<int32_t>::max()
                       : of == Of::dates  ? *day_of("5874897-12-31", false)
                                          : std::numeric_limits<int64_t>::max();
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
    const std::strong_ordering order = compare(of, range.lower, range.upper);
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
                           : of == Of::dates ? date_text(*bound.step) + std::string(era_of(*bound.step))
                           : has_steps(of)   ? std::to_string(*bound.step)
                                             : moment_text(*bound.step, of == Of::times_with_zone);
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
std::strong_ordering compare_begins(Of of, const Range& left, const Range& right) {
  if (left.lower.endless || right.lower.endless) return right.lower.endless <=> left.lower.endless;
  const std::strong_ordering order = compare(of, left.lower, right.lower);
  return order != equal ? order : right.lower.inclusive <=> left.lower.inclusive;
}

/// Makes one range of both where the second, which begins no earlier, meets the first; false where it does
/// not.
bool joins(Of of, Range& first, const Range& second) {
  if (first.upper.endless || second.lower.endless) {
    if (!first.upper.endless) first.upper = second.upper;
    return true;
  }
  const std::strong_ordering gap = compare(of, first.upper, second.lower);
  if (gap == less || (gap == equal && !first.upper.inclusive && !second.lower.inclusive)) return false;
  const std::strong_ordering end = second.upper.endless ? less : compare(of, first.upper, second.upper);
  if (end == less || (end == equal && second.upper.inclusive)) first.upper = second.upper;
  return true;
}

/// In their order, and one where several meet.
std::vector<Range> joined_ranges(Of of, std::vector<Range> ranges) {
  std::ranges::stable_sort(
      ranges, [&](const Range& left, const Range& right) { return compare_begins(of, left, right) == less; });
  std::vector<Range> joined;
  for (Range& one : ranges) {
    if (joined.empty() || !joins(of, joined.back(), one)) joined.push_back(std::move(one));
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
  for (const Range& one : joined_ranges(*of, std::move(ranges))) {
    if (out.size() > 1) out += ',';
    append_range(out, *of, one);
  }
  return out + "}";
}

}  // namespace pg2crdb
