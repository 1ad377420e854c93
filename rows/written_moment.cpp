#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "rows/time_parts.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

int64_t number_of(std::string_view digits) {
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

constexpr std::array months = {"january"sv,   "february"sv, "march"sv,    "april"sv,
                               "may"sv,       "june"sv,     "july"sv,     "august"sv,
                               "september"sv, "october"sv,  "november"sv, "december"sv};
constexpr std::array weekdays = {"mon"sv,  "monday"sv,    "tue"sv, "tues"sv,     "tuesday"sv, "wed"sv,
                                 "weds"sv, "wednesday"sv, "thu"sv, "thur"sv,     "thurs"sv,   "thursday"sv,
                                 "fri"sv,  "friday"sv,    "sat"sv, "saturday"sv, "sun"sv,     "sunday"sv};
constexpr std::array utc = {"z"sv, "utc"sv, "gmt"sv, "zulu"sv, "ut"sv};

template <size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::ranges::find(words, word) != words.end();
}

/// 1 to 12; 0 for what names none.
int64_t month_named(std::string_view word) {
  if (word == "sept") return 9;
  for (size_t i = 0; i < months.size(); ++i) {
    if (word == months[i] || word == months[i].substr(0, 3)) return static_cast<int64_t>(i + 1);
  }
  return 0;
}

/// Reads a text in lower case from its beginning to its end.
class MomentReader {
 public:
  explicit MomentReader(std::string_view text) : text_(text) {}

  std::optional<WrittenMoment> read() {
    while (skip_blanks(), at_ < text_.size()) {
      const bool read = is_digit(peek())                      ? read_number()
                        : is_letter(peek())                   ? read_word()
                        : moment_.microseconds && is_signed() ? read_offset()
                                                              : false;
      if (!read) return std::nullopt;
    }
    if (!numbers_.empty() || month_ != 0) {
      if (moment_.date || !date_of_words()) return std::nullopt;
    }
    if (!finish_date() || !finish_time()) return std::nullopt;
    if (!moment_.date && !moment_.microseconds) return std::nullopt;
    return moment_;
  }

 private:
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool is_signed() const { return (peek() == '+' || peek() == '-') && is_digit(peek(1)); }
  void skip_blanks() {
    while (is_blank(peek()) || peek() == ',') ++at_;
  }
  std::string_view take_digits() {
    const size_t begin = at_;
    while (is_digit(peek())) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  std::string_view take_letters() {
    const size_t begin = at_;
    while (is_letter(peek())) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  static bool is_separator(char c) { return c == '-' || c == '/' || c == '.'; }

  bool read_number() {
    const size_t begin = at_;
    const std::string_view digits = take_digits();
    if (digits.size() > 8) return false;
    if (peek() == ':') {
      at_ = begin;
      return read_time();
    }
    const bool of_date = is_separator(peek()) && (is_digit(peek(1)) || is_letter(peek(1)));
    if (of_date) {
      at_ = begin;
      return read_date();
    }
    if (digits.size() == 8) {
      if (moment_.date) return false;
      moment_.date = CivilDate{number_of(digits.substr(0, 4)), number_of(digits.substr(4, 2)),
                               number_of(digits.substr(6))};
      return true;
    }
    if (numbers_.size() == 1 && month_ == 0) return false;
    numbers_.push_back(digits);
    return digits.size() <= 6 && (at_ == text_.size() || is_blank(peek()) || peek() == ',');
  }

  /// Three parts with the same separator between them, a month's name among them or none.
  bool read_date() {
    if (moment_.date || month_ != 0) return false;
    std::vector<std::string_view> numbers;
    const size_t begin = at_;
    char separator = '\0';
    int64_t named = 0;
    for (size_t part = 0; part < 3; ++part) {
      if (part > 0) {
        if (!is_separator(peek()) || (separator != '\0' && peek() != separator)) return false;
        separator = peek();
        ++at_;
      }
      if (is_digit(peek())) {
        numbers.push_back(take_digits());
      } else {
        if (named != 0) return false;
        named = month_named(take_letters());
        if (named == 0) return false;
      }
    }
    if (named != 0 && separator == '.') return false;
    const bool ends =
        at_ == text_.size() || is_blank(peek()) || peek() == ',' || (peek() == 't' && is_digit(peek(1)));
    if (!ends || begin == at_) return false;
    if (named != 0) return take_date(named, numbers[0], numbers[1]);
    if (numbers[0].size() >= 3) return take(numbers[0], number_of(numbers[1]), numbers[2]);
    return take(numbers[2], number_of(numbers[0]), numbers[1]);
  }

  /// With a month's name: the year is behind the day, but for one of more than two digits.
  bool take_date(int64_t month, std::string_view first, std::string_view second) {
    return first.size() >= 3 ? take(first, month, second) : take(second, month, first);
  }

  bool take(std::string_view year, int64_t month, std::string_view day) {
    if (moment_.date || day.size() > 2 || year.size() < 2 || year.size() > 7) return false;
    int64_t number = number_of(year);
    short_year_ = year.size() == 2;
    if (short_year_) number += number < 70 ? 2000 : 1900;
    moment_.date = CivilDate{number, month, number_of(day)};
    return true;
  }

  bool date_of_words() {
    return month_ != 0 && numbers_.size() == 2 && take_date(month_, numbers_[0], numbers_[1]);
  }

  bool finish_date() {
    if (!moment_.date) return !before_christ_ && !common_era_;
    if (moment_.date->year == 0 || (before_christ_ && short_year_)) return false;
    if (before_christ_) moment_.date->year = 1 - moment_.date->year;
    return is_day(*moment_.date);
  }

  bool finish_time() {
    if (half_ == '\0') return true;
    constexpr int64_t hour = 3600 * microseconds_of_second;
    if (!moment_.microseconds || *moment_.microseconds >= 13 * hour) return false;
    const bool twelve = *moment_.microseconds >= 12 * hour;
    if (half_ == 'a' && twelve) *moment_.microseconds -= 12 * hour;
    if (half_ == 'p' && !twelve) *moment_.microseconds += 12 * hour;
    return true;
  }

  /// HH:MM[:SS[.ffffff]]
  bool read_time() {
    if (moment_.microseconds) return false;
    const std::string_view hours = take_digits();
    if (hours.size() > 2 || peek() != ':') return false;
    ++at_;
    const std::string_view minutes = take_digits();
    std::string_view seconds = "0", fraction;
    if (peek() == ':') {
      ++at_;
      seconds = take_digits();
      if (peek() == '.') {
        ++at_;
        fraction = take_digits();
      }
    }
    return take_time(hours, minutes, seconds, fraction) && (peek() != ':' && peek() != '.');
  }

  bool take_time(std::string_view hours, std::string_view minutes, std::string_view seconds,
                 std::string_view fraction) {
    const int64_t hour = number_of(hours);
    const int64_t minute = number_of(minutes);
    const int64_t second = number_of(seconds);
    if (minutes.empty() || minutes.size() > 2 || seconds.empty() || seconds.size() > 2) return false;
    if (hour > 24 || minute > 59 || second > 60) return false;
    int64_t microseconds = ((hour * 60 + minute) * 60 + second) * microseconds_of_second;
    if (!fraction.empty()) {
      double part = 0;
      const std::string digits = "0." + std::string(fraction);
      std::from_chars(digits.data(), digits.data() + digits.size(), part);
      microseconds += static_cast<int64_t>(std::rint(part * 1e6));
    }
    if (hour == 24 && microseconds > microseconds_of_day) return false;
    moment_.microseconds = microseconds;
    return true;
  }

  bool read_offset() {
    if (moment_.offset) return false;
    const bool west = peek() == '-';
    ++at_;
    const std::string_view digits = take_digits();
    std::string_view hours = digits, minutes = "0", seconds = "0";
    if (peek() == ':') {
      ++at_;
      minutes = take_digits();
      if (peek() == ':') {
        ++at_;
        seconds = take_digits();
      }
    } else if (digits.size() > 2) {
      if (digits.size() > 4) return false;
      hours = digits.substr(0, digits.size() - 2);
      minutes = digits.substr(digits.size() - 2);
    }
    if (hours.size() > 2 || minutes.empty() || minutes.size() > 2 || seconds.empty() || seconds.size() > 2)
      return false;
    if (number_of(hours) > 15 || number_of(minutes) > 59 || number_of(seconds) > 59) return false;
    const int64_t offset = number_of(hours) * 3600 + number_of(minutes) * 60 + number_of(seconds);
    moment_.offset = west ? -offset : offset;
    return true;
  }

  bool read_word() {
    const size_t begin = at_;
    const std::string_view word = take_letters();
    if (word == "t" && is_digit(peek()) && moment_.date && !moment_.microseconds) return read_time_behind_t();
    if (const int64_t month = month_named(word); month != 0) {
      if (is_separator(peek())) {
        at_ = begin;
        return read_date();
      }
      if (month_ != 0) return false;
      month_ = month;
      return true;
    }
    if (is_digit(peek()) || is_signed()) return false;
    if (is_one_of(word, weekdays)) return true;
    if (word == "am" || word == "pm") {
      if (half_ != '\0') return false;
      half_ = word[0];
      return true;
    }
    if (word == "bc" || word == "ad") {
      bool& era = word == "bc" ? before_christ_ : common_era_;
      if (before_christ_ || common_era_) return false;
      return era = true;
    }
    if (is_one_of(word, utc)) {
      if (moment_.offset || !moment_.microseconds) return false;
      moment_.offset = 0;
      return true;
    }
    if (word != "epoch" || moment_.date || moment_.microseconds) return false;
    moment_ = {CivilDate{1970, 1, 1}, 0, 0};
    return at_ == text_.size() && begin == 0;
  }

  /// 10:15, 101500
  bool read_time_behind_t() {
    const size_t begin = at_;
    const std::string_view digits = take_digits();
    if (peek() == ':') {
      at_ = begin;
      return read_time();
    }
    std::string_view fraction;
    if (peek() == '.' && digits.size() == 6) {
      ++at_;
      fraction = take_digits();
    }
    if (digits.size() != 4 && digits.size() != 6) return false;
    return take_time(digits.substr(0, 2), digits.substr(2, 2), digits.size() == 6 ? digits.substr(4) : "0",
                     fraction);
  }

  std::string_view text_;
  size_t at_ = 0;
  WrittenMoment moment_;
  std::vector<std::string_view> numbers_;  ///< beside a month's name
  int64_t month_ = 0;
  char half_ = '\0';  ///< of the day: a, p
  bool before_christ_ = false;
  bool common_era_ = false;
  bool short_year_ = false;
};

}  // namespace

std::optional<WrittenMoment> read_written_moment(std::string_view text) {
  constexpr size_t longest = 80;
  if (text.size() > longest) return std::nullopt;
  return MomentReader(lower(text)).read();
}

}  // namespace pg2crdb
