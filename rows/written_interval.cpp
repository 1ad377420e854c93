#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "rows/time_parts.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr int64_t second = microseconds_of_second;
constexpr int64_t minute = 60 * second;
constexpr int64_t hour = 60 * minute;

struct Unit {
  int64_t months = 0;
  int64_t days = 0;
  int64_t microseconds = 0;
};

struct NamedUnit {
  std::string_view name;
  Unit unit;
};

constexpr std::array units = {
    NamedUnit{"us", {0, 0, 1}},
    NamedUnit{"usec", {0, 0, 1}},
    NamedUnit{"usecs", {0, 0, 1}},
    NamedUnit{"microsecond", {0, 0, 1}},
    NamedUnit{"microseconds", {0, 0, 1}},
    NamedUnit{"ms", {0, 0, 1000}},
    NamedUnit{"msec", {0, 0, 1000}},
    NamedUnit{"msecs", {0, 0, 1000}},
    NamedUnit{"millisecond", {0, 0, 1000}},
    NamedUnit{"milliseconds", {0, 0, 1000}},
    NamedUnit{"s", {0, 0, second}},
    NamedUnit{"sec", {0, 0, second}},
    NamedUnit{"secs", {0, 0, second}},
    NamedUnit{"second", {0, 0, second}},
    NamedUnit{"seconds", {0, 0, second}},
    NamedUnit{"m", {0, 0, minute}},
    NamedUnit{"min", {0, 0, minute}},
    NamedUnit{"mins", {0, 0, minute}},
    NamedUnit{"minute", {0, 0, minute}},
    NamedUnit{"minutes", {0, 0, minute}},
    NamedUnit{"h", {0, 0, hour}},
    NamedUnit{"hr", {0, 0, hour}},
    NamedUnit{"hrs", {0, 0, hour}},
    NamedUnit{"hour", {0, 0, hour}},
    NamedUnit{"hours", {0, 0, hour}},
    NamedUnit{"d", {0, 1, 0}},
    NamedUnit{"day", {0, 1, 0}},
    NamedUnit{"days", {0, 1, 0}},
    NamedUnit{"w", {0, 7, 0}},
    NamedUnit{"week", {0, 7, 0}},
    NamedUnit{"weeks", {0, 7, 0}},
    NamedUnit{"mon", {1, 0, 0}},
    NamedUnit{"mons", {1, 0, 0}},
    NamedUnit{"month", {1, 0, 0}},
    NamedUnit{"months", {1, 0, 0}},
    NamedUnit{"y", {12, 0, 0}},
    NamedUnit{"yr", {12, 0, 0}},
    NamedUnit{"yrs", {12, 0, 0}},
    NamedUnit{"year", {12, 0, 0}},
    NamedUnit{"years", {12, 0, 0}},
    NamedUnit{"dec", {120, 0, 0}},
    NamedUnit{"decade", {120, 0, 0}},
    NamedUnit{"decades", {120, 0, 0}},
    NamedUnit{"cent", {1200, 0, 0}},
    NamedUnit{"century", {1200, 0, 0}},
    NamedUnit{"centuries", {1200, 0, 0}},
};

constexpr int64_t days_of_month = 30;

/// A number with its sign, in millionths.
__extension__ typedef __int128 Millionths;
constexpr Millionths one = 1'000'000;

/// Reads a text in lower case.
class IntervalReader {
 public:
  explicit IntervalReader(std::string_view text) : text_(text) {}

  std::optional<IntervalParts> read() {
    skip_blanks();
    if (peek() == '@') ++at_;
    skip_blanks();
    const bool read = peek() == 'p' ? read_iso() : read_words();
    if (!read || !fits()) return std::nullopt;
    return IntervalParts{static_cast<int64_t>(months_), static_cast<int64_t>(days_),
                         static_cast<int64_t>(microseconds_)};
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool done() const { return at_ == text_.size(); }
  void skip_blanks() {
    while (is_blank(peek())) ++at_;
  }

  bool fits() const {
    constexpr Millionths most_months = 2147483647;
    constexpr Millionths most = INT64_MAX;
    const auto is_within = [](Millionths value, Millionths limit) {
      return value <= limit && value >= -limit;
    };
    return is_within(months_, most_months) && is_within(days_, most_months) && is_within(microseconds_, most);
  }

  /// Digits, at most twelve of them.
  bool read_digits(int64_t& number) {
    constexpr size_t most_digits = 12;
    const size_t begin = at_;
    number = 0;
    for (; is_digit(peek()) && at_ - begin < most_digits; ++at_) number = number * 10 + (peek() - '0');
    return at_ > begin && !is_digit(peek());
  }

  /// Behind the point: up to six digits.
  bool read_fraction(Millionths& number) {
    constexpr size_t most_digits = 6;
    const size_t begin = at_;
    Millionths digit = one;
    for (number = 0; is_digit(peek()) && at_ - begin < most_digits; ++at_)
      number += (peek() - '0') * (digit /= 10);
    return !is_digit(peek());
  }

  bool read_sign() {
    const bool negative = peek() == '-';
    if (negative || peek() == '+') ++at_;
    return negative;
  }

  bool read_number(Millionths& number) {
    int64_t whole = 0;
    Millionths fraction = 0;
    if (peek() != '.' && !read_digits(whole)) return false;
    if (peek() == '.') {
      ++at_;
      if (!is_digit(peek()) || !read_fraction(fraction)) return false;
    }
    number = whole * one + fraction;
    return true;
  }

  /// A fraction goes into the smaller units, as far as these are whole.
  bool add(Millionths number, const Unit& unit) {
    Millionths months = number * unit.months;
    Millionths days = number * unit.days;
    if (months % one != 0) {
      if (unit.months != 1) return false;  // PostgreSQL rounds to months
      days = months % one * days_of_month;
    }
    const Millionths of_day = days % one * microseconds_of_day + number * unit.microseconds;
    if (of_day % one != 0) return false;
    months_ += months / one;
    days_ += days / one;
    microseconds_ += of_day / one;
    return true;
  }

  /// HH:MM[:SS[.ffffff]], whose hours were read.
  bool read_clock(Millionths hours, bool negative) {
    int64_t minutes = 0, seconds = 0;
    Millionths fraction = 0;
    ++at_;
    if (!read_digits(minutes) || minutes > 59) return false;
    if (peek() == ':') {
      ++at_;
      if (!read_digits(seconds) || seconds > 59) return false;
      if (peek() == '.') {
        ++at_;
        if (!read_fraction(fraction)) return false;
      }
    }
    const Millionths all = hours / one * hour + minutes * minute + seconds * second + fraction;
    microseconds_ += negative ? -all : all;
    return hours % one == 0;
  }

  bool read_words() {
    bool any = false;
    bool clock = false;
    while (skip_blanks(), !done()) {
      if (text_.substr(at_) == "ago") {
        months_ = -months_;
        days_ = -days_;
        microseconds_ = -microseconds_;
        return any;
      }
      const bool negative = read_sign();
      skip_blanks();
      Millionths number = 0;
      if (!read_number(number)) return false;
      if (negative) number = -number;
      if (peek() == ':') {
        if (clock || !read_clock(negative ? -number : number, negative)) return false;
        clock = true;
      } else if (peek() == '-') {
        ++at_;
        int64_t months = 0;
        if (number % one != 0 || !read_digits(months) || months > 11) return false;
        months_ += number / one * 12 + (negative ? -months : months);
      } else if (!read_unit(number, !any)) {
        return false;
      }
      any = true;
      if (!done() && !is_blank(peek()) && !is_digit(peek())) return false;
    }
    return any;
  }

  /// The unit's name. A number without one counts days before a time, seconds where it is all there is.
  bool read_unit(Millionths number, bool first) {
    skip_blanks();
    const size_t begin = at_;
    while (peek() >= 'a' && peek() <= 'z') ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (name.empty()) {
      const std::string_view rest = text_.substr(at_);
      if (rest.empty()) return first && add(number, {0, 0, second});
      const size_t end = rest.find_first_not_of("0123456789", rest.find_first_not_of("+-"));
      return end != std::string_view::npos && rest[end] == ':' && text_[at_ - 1] == ' ' &&
             add(number, {0, 1, 0});
    }
    const auto* const unit = std::ranges::find(units, name, &NamedUnit::name);
    return unit != units.end() && add(number, unit->unit);
  }

  /// P1Y2M3W4DT5H6M7.5S
  bool read_iso() {
    ++at_;
    bool of_day = false;
    bool any = false;
    while (!done()) {
      if (peek() == 't') {
        if (of_day) return false;
        of_day = true;
        ++at_;
      }
      const bool negative = read_sign();
      Millionths number = 0;
      if (!read_number(number) || done()) return false;
      constexpr std::array of_dates = {NamedUnit{"y", {12, 0, 0}}, NamedUnit{"m", {1, 0, 0}},
                                       NamedUnit{"w", {0, 7, 0}}, NamedUnit{"d", {0, 1, 0}}};
      constexpr std::array of_times = {NamedUnit{"h", {0, 0, hour}}, NamedUnit{"m", {0, 0, minute}},
                                       NamedUnit{"s", {0, 0, second}}};
      const std::string_view name = text_.substr(at_++, 1);
      const auto find = [&](const auto& all) {
        const auto found = std::ranges::find(all, name, &NamedUnit::name);
        return found != all.end() && add(negative ? -number : number, found->unit);
      };
      if (!(of_day ? find(of_times) : find(of_dates))) return false;
      any = true;
    }
    return any;
  }

  std::string_view text_;
  size_t at_ = 0;
  Millionths months_ = 0;
  Millionths days_ = 0;
  Millionths microseconds_ = 0;
};

}  // namespace

std::optional<IntervalParts> read_written_interval(std::string_view text) {
  constexpr size_t longest = 120;
  if (text.size() > longest) return std::nullopt;
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return IntervalReader(lower(text)).read();
}

}  // namespace pg2crdb
