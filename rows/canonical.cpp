#include "rows/canonical.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

namespace pg2crdb {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_word(std::string_view text, std::string_view lower_case_word) {
  return std::equal(text.begin(), text.end(), lower_case_word.begin(), lower_case_word.end(),
                    [](char a, char b) { return lower(a) == b; });
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// ---- numbers

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

bool append_number(std::string& out, std::string_view text) {
  return append_decimal(out, text) || append_special_number(out, text);
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

// ---- dates and times

struct Cursor {
  std::string_view text;
  size_t at = 0;

  bool done() const { return at == text.size(); }
  bool take(char c) {
    if (at >= text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  bool take(std::string_view word) {
    if (text.substr(at, word.size()) != word) return false;
    at += word.size();
    return true;
  }
  // A number of `least` to `most` digits (18 at most).
  bool number(size_t least, size_t most, int64_t& out) {
    const size_t begin = at;
    out = 0;
    while (at < text.size() && at - begin < most && is_digit(text[at])) out = out * 10 + (text[at++] - '0');
    return at - begin >= least && (at == text.size() || !is_digit(text[at]));
  }
};

void append_padded(std::string& out, int64_t number, size_t width) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

struct ClockTime {
  int64_t hour = 0, minute = 0, second = 0;
  std::string_view fraction;  // without trailing zeros
};

// HH:MM[:SS[.ffffff]]; the hour has up to `hour_digits`. Servers print the seconds, people leave them out.
bool read_clock_time(Cursor& cursor, size_t hour_digits, ClockTime& out) {
  if (!cursor.number(2, hour_digits, out.hour) || !cursor.take(':') || !cursor.number(2, 2, out.minute) ||
      out.minute > 59) {
    return false;
  }
  if (!cursor.take(':')) return true;
  if (!cursor.number(2, 2, out.second) || out.second > 59) return false;
  if (cursor.take('.')) {
    const size_t begin = cursor.at;
    int64_t ignored = 0;
    if (!cursor.number(1, 9, ignored)) return false;
    out.fraction = cursor.text.substr(begin, cursor.at - begin);
    while (!out.fraction.empty() && out.fraction.back() == '0') out.fraction.remove_suffix(1);
  }
  return true;
}

void append_clock_time(std::string& out, const ClockTime& time) {
  append_padded(out, time.hour, 2);
  out += ':';
  append_padded(out, time.minute, 2);
  out += ':';
  append_padded(out, time.second, 2);
  if (!time.fraction.empty()) {
    out += '.';
    out += time.fraction;
  }
}

// +HH[:MM[:SS]], in seconds east of UTC. Nothing, and Z, is UTC: the time zone of the sessions that load and
// compare.
bool read_offset(Cursor& cursor, int64_t& seconds) {
  seconds = 0;
  if (cursor.done() || cursor.take('Z') || cursor.text.substr(cursor.at) == " BC") return true;
  const bool west = cursor.take('-');
  if (!west && !cursor.take('+')) return false;
  int64_t hour = 0, minute = 0, second = 0;
  if (!cursor.number(2, 2, hour)) return false;
  if (cursor.take(':') && !cursor.number(2, 2, minute)) return false;
  if (cursor.take(':') && !cursor.number(2, 2, second)) return false;
  if (minute > 59 || second > 59) return false;
  seconds = (hour * 3600 + minute * 60 + second) * (west ? -1 : 1);
  return true;
}

// Days since 1970-01-01 of a date in the proleptic Gregorian calendar, year 0 being 1 BC, and back: Howard
// Hinnant, "chrono-Compatible Low-Level Date Algorithms".
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

struct Date {
  int64_t year = 0, month = 0, day = 0;
};

Date civil_from_days(int64_t days) {
  days += 719468;
  const int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const int64_t day_of_era = days - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_index = (5 * day_of_year + 2) / 153;
  const int64_t month = month_index < 10 ? month_index + 3 : month_index - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
          day_of_year - (153 * month_index + 2) / 5 + 1};
}

// A date alone is its midnight.
bool append_timestamp(std::string& out, std::string_view text, bool with_time_zone) {
  Cursor cursor{text};
  Date date;
  ClockTime time;
  int64_t offset = 0;
  if (!cursor.number(4, 6, date.year) || !cursor.take('-') || !cursor.number(2, 2, date.month) ||
      !cursor.take('-') || !cursor.number(2, 2, date.day)) {
    return false;
  }
  if (!cursor.done() && cursor.text.substr(cursor.at) != " BC" &&
      (!(cursor.take(' ') || cursor.take('T')) || !read_clock_time(cursor, 2, time) || time.hour > 23)) {
    return false;
  }
  if (with_time_zone && !read_offset(cursor, offset)) return false;
  const bool before_christ = cursor.take(" BC");
  if (!cursor.done() || date.year == 0) return false;
  if (before_christ) date.year = 1 - date.year;

  const int64_t days = days_from_civil(date.year, date.month, date.day);
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  if (const Date same = civil_from_days(days); same.month != date.month || same.day != date.day) return false;
  const int64_t seconds = days * 86400 + time.hour * 3600 + time.minute * 60 + time.second - offset;
  const int64_t utc_days = seconds >= 0 ? seconds / 86400 : (seconds - 86399) / 86400;
  const int64_t utc_seconds = seconds - utc_days * 86400;
  date = civil_from_days(utc_days);
  time.hour = utc_seconds / 3600;
  time.minute = utc_seconds / 60 % 60;
  time.second = utc_seconds % 60;

  append_padded(out, date.year > 0 ? date.year : 1 - date.year, 4);
  out += '-';
  append_padded(out, date.month, 2);
  out += '-';
  append_padded(out, date.day, 2);
  out += ' ';
  append_clock_time(out, time);
  if (with_time_zone) out += "+00";
  if (date.year <= 0) out += " BC";
  return true;
}

// Whether a timestamp is printed as append_timestamp() would: both servers do in a session whose time zone is
// UTC.
bool plain_timestamp(std::string_view text, bool with_time_zone) {
  if (with_time_zone) {
    if (!text.ends_with("+00")) return false;
    text.remove_suffix(3);
  }
  constexpr std::string_view shape = "0000-00-00 00:00:00.";
  if (text.size() < 19 || text.size() == 20 || text.size() > 26) return false;
  for (size_t i = 0; i < std::min(text.size(), shape.size()); ++i) {
    if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  }
  for (size_t i = 20; i < text.size(); ++i) {
    if (!is_digit(text[i])) return false;
  }
  return text.size() == 19 || text.back() != '0';
}

bool append_time(std::string& out, std::string_view text, bool with_time_zone) {
  Cursor cursor{text};
  ClockTime time;
  if (!read_clock_time(cursor, 2, time) || time.hour > 24) return false;
  int64_t offset = 0;
  if (with_time_zone && !read_offset(cursor, offset)) return false;
  if (!cursor.done()) return false;
  append_clock_time(out, time);
  if (with_time_zone) {
    out += offset < 0 ? '-' : '+';
    offset = std::abs(offset);
    append_padded(out, offset / 3600, 2);
    if (offset % 3600 != 0) {
      out += ':';
      append_padded(out, offset / 60 % 60, 2);
    }
    if (offset % 60 != 0) {
      out += ':';
      append_padded(out, offset % 60, 2);
    }
  }
  return true;
}

// IntervalStyle postgres: [n year[s]] [n mon[s]] [n day[s]] [[+-]HH:MM:SS[.ffffff]].
bool append_interval(std::string& out, std::string_view text) {
  Cursor cursor{text};
  int64_t months = 0;
  int64_t days = 0;
  ClockTime time;
  bool time_negative = false;
  if (text.empty()) return false;
  while (true) {
    const bool negative = cursor.take('-');
    if (!negative) cursor.take('+');
    const size_t number_begin = cursor.at;
    int64_t number = 0;
    if (!cursor.number(1, 10, number)) return false;
    if (cursor.take(' ')) {
      if (negative) number = -number;
      if (cursor.take("year")) {
        months += number * 12;
      } else if (cursor.take("mon")) {
        months += number;
      } else if (cursor.take("day")) {
        days += number;
      } else {
        return false;
      }
      cursor.take('s');
      if (cursor.done()) break;
      if (!cursor.take(' ')) return false;
    } else {
      cursor.at = number_begin;
      if (!read_clock_time(cursor, 10, time) || !cursor.done()) return false;
      time_negative = negative;
      break;
    }
  }

  // As PostgreSQL prints it: a plus where something negative stands before.
  bool first = true;
  bool after_negative = false;
  const auto field = [&](int64_t number, std::string_view unit) {
    if (number == 0) return;
    if (!first) out += ' ';
    if (after_negative && number > 0) out += '+';
    out += std::to_string(number);
    out += ' ';
    out += unit;
    if (number != 1) out += 's';
    first = false;
    after_negative = number < 0;
  };
  field(months / 12, "year");
  field(months % 12, "mon");
  field(days, "day");
  const bool no_time = time.hour == 0 && time.minute == 0 && time.second == 0 && time.fraction.empty();
  if (no_time && !first) return true;
  if (!first) out += ' ';
  if (time_negative && !no_time) {
    out += '-';
  } else if (after_negative) {
    out += '+';
  }
  append_clock_time(out, time);
  return true;
}

// ---- json

// Rewrites one JSON text in a single pass. Objects whose keys come sorted cost nothing more.
class JsonCanonicalizer {
 public:
  JsonCanonicalizer(std::string& out, std::string_view text)
      : out_(out), at_(text.data()), end_(at_ + text.size()) {}

  bool run() {
    if (!value()) return false;
    blanks();
    return at_ == end_;
  }

 private:
  static constexpr int deepest = 5000;
  struct Member {
    size_t begin, key_end, end;
  };

  void blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take(char c) {
    blanks();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool value() {
    blanks();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return nested(&JsonCanonicalizer::object);
      case '[':
        return nested(&JsonCanonicalizer::array);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool nested(bool (JsonCanonicalizer::*read)()) {
    if (++depth_ > deepest) return false;
    ++at_;
    const bool ok = (this->*read)();
    --depth_;
    return ok;
  }

  bool word(std::string_view word) {
    if (std::string_view(at_, static_cast<size_t>(end_ - at_)).substr(0, word.size()) != word) return false;
    at_ += word.size();
    out_ += word;
    return true;
  }

  bool number() {
    const char* const begin = at_;
    while (at_ != end_ &&
           (is_digit(*at_) || *at_ == '-' || *at_ == '+' || *at_ == '.' || *at_ == 'e' || *at_ == 'E')) {
      ++at_;
    }
    return append_decimal(out_, {begin, static_cast<size_t>(at_ - begin)});
  }

  bool array() {
    out_ += '[';
    if (!take(']')) {
      do {
        if (!value()) return false;
        out_ += ',';
      } while (take(','));
      out_.pop_back();
      if (!take(']')) return false;
    }
    out_ += ']';
    return true;
  }

  std::string_view key(const Member& member) const {
    return std::string_view(out_).substr(member.begin, member.key_end - member.begin);
  }

  bool object() {
    out_ += '{';
    if (take('}')) {
      out_ += '}';
      return true;
    }
    const size_t first = members_.size();
    const size_t begin = out_.size();
    bool sorted = true;
    do {
      Member member{out_.size(), 0, 0};
      blanks();
      if (at_ == end_ || *at_ != '"' || !string()) return false;
      member.key_end = out_.size();
      if (!take(':')) return false;
      out_ += ':';
      if (!value()) return false;
      member.end = out_.size();
      out_ += ',';
      if (members_.size() > first && key(members_.back()) >= key(member)) sorted = false;
      members_.push_back(member);
    } while (take(','));
    if (!take('}')) return false;
    if (!sorted) sort_members(first, begin);
    out_.back() = '}';
    members_.resize(first);
    return true;
  }

  void sort_members(size_t first, size_t begin) {
    std::stable_sort(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end(),
                     [&](const Member& a, const Member& b) { return key(a) < key(b); });
    std::string sorted;
    for (size_t i = first; i < members_.size(); ++i) {
      if (i + 1 < members_.size() && key(members_[i]) == key(members_[i + 1])) continue;
      sorted.append(out_, members_[i].begin, members_[i].end - members_[i].begin);
      sorted += ',';
    }
    out_.resize(begin);
    out_ += sorted;
  }

  bool hex4(uint32_t& unit) {
    if (end_ - at_ < 4) return false;
    unit = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = hex_digit(*at_++);
      if (digit < 0) return false;
      unit = unit * 16 + static_cast<uint32_t>(digit);
    }
    return true;
  }

  void append_escape(uint32_t unit) {
    constexpr std::string_view digits = "0123456789abcdef";
    out_ += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out_ += digits[(unit >> shift) & 15];
  }

  void append_code_point(uint32_t code) {
    if (code < 0x20 || code == '"' || code == '\\') {
      switch (code) {
        case '"':
          out_ += "\\\"";
          break;
        case '\\':
          out_ += "\\\\";
          break;
        case '\b':
          out_ += "\\b";
          break;
        case '\f':
          out_ += "\\f";
          break;
        case '\n':
          out_ += "\\n";
          break;
        case '\r':
          out_ += "\\r";
          break;
        case '\t':
          out_ += "\\t";
          break;
        default:
          append_escape(code);
      }
    } else if (code < 0x80) {
      out_ += static_cast<char>(code);
    } else if (code < 0x800) {
      out_ += static_cast<char>(0xC0 | (code >> 6));
      out_ += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      out_ += static_cast<char>(0xE0 | (code >> 12));
      out_ += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      out_ += static_cast<char>(0x80 | (code & 0x3F));
    } else {
      out_ += static_cast<char>(0xF0 | (code >> 18));
      out_ += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
      out_ += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
      out_ += static_cast<char>(0x80 | (code & 0x3F));
    }
  }

  bool unicode_escape() {
    uint32_t unit = 0;
    if (!hex4(unit)) return false;
    if (unit < 0xD800 || unit > 0xDFFF) {
      append_code_point(unit);
      return true;
    }
    const char* const behind = at_;
    uint32_t low = 0;
    if (unit < 0xDC00 && end_ - at_ >= 6 && at_[0] == '\\' && at_[1] == 'u') {
      at_ += 2;
      if (hex4(low) && low >= 0xDC00 && low <= 0xDFFF) {
        append_code_point(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
        return true;
      }
      at_ = behind;
    }
    append_escape(unit);  // half of a pair, which only the type json can hold
    return true;
  }

  bool string() {
    ++at_;
    out_ += '"';
    while (true) {
      const char* const run = at_;
      while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20) ++at_;
      out_.append(run, at_);
      if (at_ == end_) return false;
      const char c = *at_++;
      if (c == '"') break;
      if (c != '\\') {
        append_code_point(static_cast<unsigned char>(c));
        continue;
      }
      if (at_ == end_) return false;
      switch (*at_++) {
        case '"':
          append_code_point('"');
          break;
        case '\\':
          append_code_point('\\');
          break;
        case '/':
          append_code_point('/');
          break;
        case 'b':
          append_code_point('\b');
          break;
        case 'f':
          append_code_point('\f');
          break;
        case 'n':
          append_code_point('\n');
          break;
        case 'r':
          append_code_point('\r');
          break;
        case 't':
          append_code_point('\t');
          break;
        case 'u':
          if (!unicode_escape()) return false;
          break;
        default:
          return false;
      }
    }
    out_ += '"';
    return true;
  }

  std::string& out_;
  const char* at_;
  const char* end_;
  int depth_ = 0;
  std::vector<Member> members_;
};

// ---- other types

bool append_bytea(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  if (text.starts_with("\\x")) {
    if (text.size() % 2 != 0) return false;
    for (const char c : text.substr(2)) {
      if (hex_digit(c) < 0) return false;
    }
    std::transform(text.begin(), text.end(), std::back_inserter(out), lower);
    return true;
  }
  out += "\\x";
  const auto append_byte = [&](unsigned byte) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  };
  const auto octal = [&](size_t at, char most) { return text[at] >= '0' && text[at] <= most; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      append_byte(static_cast<unsigned char>(text[i]));
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      append_byte('\\');
      ++i;
    } else if (i + 3 < text.size() && octal(i + 1, '3') && octal(i + 2, '7') && octal(i + 3, '7')) {
      append_byte(
          static_cast<unsigned>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0')));
      i += 3;
    } else {
      return false;
    }
  }
  return true;
}

bool append_boolean(std::string& out, std::string_view text) {
  if (equals_word(text, "t") || equals_word(text, "true")) {
    out += 't';
  } else if (equals_word(text, "f") || equals_word(text, "false")) {
    out += 'f';
  } else {
    return false;
  }
  return true;
}

bool append_inet(std::string& out, std::string_view text) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  const std::string_view mask = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
  if (address.find(':') == std::string::npos) {
    out += mask == "/32" ? std::string_view(address) : text;
    return true;
  }
  in6_addr bytes{};
  std::array<char, INET6_ADDRSTRLEN> printed{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return false;
  if (address.size() != std::strlen(address.c_str())) return false;
  out += inet_ntop(AF_INET6, &bytes, printed.data(), printed.size());
  if (mask != "/128") out += mask;
  return true;
}

bool append_hex(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (hex_digit(c) < 0) return false;
    out += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return true;
}

// PostgreSQL's array text: quoting as array_out() does it, each element in its own form. Inner arrays stay
// inner arrays.
class ArrayCanonicalizer {
 public:
  ArrayCanonicalizer(std::string& out, CanonicalForm element, std::string_view text)
      : out_(out), element_{element, CanonicalForm::text}, text_(text) {}

  bool run() {
    if (text_.starts_with('[')) {  // lower bounds other than 1: [0:2]={...}
      const size_t equals = text_.find('=');
      if (equals == std::string_view::npos) return false;
      out_ += text_.substr(0, equals + 1);
      at_ = equals + 1;
    }
    return braces(0) && at_ == text_.size();
  }

 private:
  static bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  void blanks() {
    while (at_ < text_.size() && blank(text_[at_])) ++at_;
  }
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool braces(int depth) {
    constexpr int deepest = 64;
    if (depth > deepest || !take('{')) return false;
    out_ += '{';
    blanks();
    if (take('}')) {
      out_ += '}';
      return true;
    }
    while (true) {
      blanks();
      if (at_ < text_.size() && text_[at_] == '{') {
        if (!braces(depth + 1)) return false;
      } else if (!element()) {
        return false;
      }
      blanks();
      if (take('}')) break;
      if (!take(',')) return false;
      out_ += ',';
    }
    out_ += '}';
    return true;
  }

  bool element() {
    value_.clear();
    if (take('"')) {
      while (true) {
        if (at_ >= text_.size()) return false;
        char c = text_[at_++];
        if (c == '"') break;
        if (c == '\\') {
          if (at_ >= text_.size()) return false;
          c = text_[at_++];
        }
        value_ += c;
      }
      append_value();
      return true;
    }
    bool escaped = false;
    size_t kept = 0;  // behind the last character that is no blank
    while (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}') {
      char c = text_[at_++];
      if (c == '"' || c == '{') return false;
      const bool quoted = c == '\\';
      if (quoted) {
        if (at_ >= text_.size()) return false;
        escaped = true;
        c = text_[at_++];
      }
      value_ += c;
      if (quoted || !blank(c)) kept = value_.size();
    }
    value_.resize(kept);
    if (value_.empty()) return false;
    if (!escaped && equals_word(value_, "null")) {
      out_ += "NULL";
    } else {
      append_value();
    }
    return true;
  }

  void append_value() {
    canonical_.clear();
    append_canonical(canonical_, element_, value_);
    const bool quote = canonical_.empty() || equals_word(canonical_, "null") ||
                       std::any_of(canonical_.begin(), canonical_.end(), [](char c) {
                         return c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || blank(c);
                       });
    if (!quote) {
      out_ += canonical_;
      return;
    }
    out_ += '"';
    for (const char c : canonical_) {
      if (c == '"' || c == '\\') out_ += '\\';
      out_ += c;
    }
    out_ += '"';
  }

  std::string& out_;
  CanonicalType element_;
  std::string_view text_;
  size_t at_ = 0;
  std::string value_;
  std::string canonical_;
};

bool append_form(std::string& out, const CanonicalType& type, std::string_view text) {
  switch (type.form) {
    case CanonicalForm::text:
      return false;
    case CanonicalForm::blank_padded:
      out += text.substr(0, text.find_last_not_of(' ') + 1);
      return true;
    case CanonicalForm::number:
      return append_number(out, text);
    case CanonicalForm::float4:
      return append_float<float>(out, text);
    case CanonicalForm::float8:
      return append_float<double>(out, text);
    case CanonicalForm::json:
      return JsonCanonicalizer(out, text).run();
    case CanonicalForm::timestamptz:
      return !plain_timestamp(text, true) && append_timestamp(out, text, true);
    case CanonicalForm::timestamp:
      return !plain_timestamp(text, false) && append_timestamp(out, text, false);
    case CanonicalForm::time:
      return append_time(out, text, false);
    case CanonicalForm::timetz:
      return append_time(out, text, true);
    case CanonicalForm::interval:
      return append_interval(out, text);
    case CanonicalForm::bytea:
      return append_bytea(out, text);
    case CanonicalForm::boolean:
      return append_boolean(out, text);
    case CanonicalForm::inet:
      return append_inet(out, text);
    case CanonicalForm::hex:
      return append_hex(out, text);
    case CanonicalForm::array:
      return ArrayCanonicalizer(out, type.element, text).run();
  }
  return false;
}

CanonicalForm scalar_form(std::string_view name) {
  using enum CanonicalForm;
  static constexpr std::array<std::pair<std::string_view, CanonicalForm>, 34> forms = {{
      {"character", blank_padded},
      {"char", blank_padded},
      {"bpchar", blank_padded},
      {"numeric", number},
      {"decimal", number},
      {"dec", number},
      {"real", float4},
      {"float4", float4},
      {"double precision", float8},
      {"float8", float8},
      {"float", float8},
      {"json", json},
      {"jsonb", json},
      {"timestamp with time zone", timestamptz},
      {"timestamptz", timestamptz},
      {"timestamp", timestamp},
      {"timestamp without time zone", timestamp},
      {"time", time},
      {"time without time zone", time},
      {"time with time zone", timetz},
      {"timetz", timetz},
      {"bytea", bytea},
      {"bytes", bytea},
      {"blob", bytea},
      {"boolean", boolean},
      {"bool", boolean},
      {"inet", inet},
      {"cidr", inet},
      {"geometry", hex},
      {"geography", hex},
      {"public.geometry", hex},
      {"public.geography", hex},
      {"extensions.geometry", hex},
      {"extensions.geography", hex},
  }};
  for (const auto& [word, form] : forms) {
    if (word == name) return form;
  }
  return name == "interval" || name.starts_with("interval ") ? interval : text;
}

// ---- hashing

__extension__ using Wide = unsigned __int128;

Hash128 multiply(uint64_t a, uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
}

uint64_t read8(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

uint64_t rotate(uint64_t word, int by) {
  return (word << by) | (word >> (64 - by));
}

// Odd, half of the bits set: fractional digits of the golden ratio, e, pi and the square root of 2.
constexpr std::array<uint64_t, 4> keys = {0x9E3779B97F4A7C15, 0xB7E151628AED2A6B, 0x243F6A8885A308D3,
                                          0x6A09E667F3BCC909};

}  // namespace

CanonicalType canonical_type(std::string_view postgresql_type) {
  // Lower case, without modifiers: "numeric(10,2)[]" to "numeric" and an array.
  std::string name;
  int parentheses = 0;
  bool array = false;
  for (const char c : postgresql_type) {
    if (c == '(') ++parentheses;
    if (c == '[') array = true;
    if (parentheses == 0 && !array) name += lower(c);
    if (c == ')') --parentheses;
  }
  if (const size_t collate = name.find(" collate "); collate != std::string::npos) name.resize(collate);
  if (name.starts_with("pg_catalog.")) name.erase(0, std::strlen("pg_catalog."));
  while (name.ends_with(' ')) name.pop_back();
  const CanonicalForm form = scalar_form(name);
  return array ? CanonicalType{CanonicalForm::array, form} : CanonicalType{form, CanonicalForm::text};
}

void append_canonical(std::string& out, const CanonicalType& type, std::string_view text) {
  const size_t begin = out.size();
  if (append_form(out, type, text)) return;
  out.resize(begin);
  out += text;
}

Hash128& Hash128::operator+=(const Hash128& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

Hash128 hash128(std::string_view bytes, uint64_t seed) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  uint64_t low = seed ^ keys[0];
  uint64_t high = rotate(seed, 32) ^ keys[1];
  // The words go in beside the product too: a factor of zero must not swallow the other.
  const auto mix = [&](uint64_t first, uint64_t second) {
    const Hash128 product = multiply(first ^ low ^ keys[2], second ^ high ^ keys[3]);
    low = rotate(product.low, 29) + second;
    high = product.high ^ rotate(high + first, 41);
  };
  for (; left >= 16; left -= 16, at += 16) mix(read8(at), read8(at + 8));
  if (left > 0) {
    std::array<char, 16> tail{};
    std::memcpy(tail.data(), at, left);
    mix(read8(tail.data()), read8(tail.data() + 8));
  }
  mix(bytes.size(), keys[0]);
  mix(keys[1], keys[2]);
  mix(keys[3], keys[0]);
  return {low, high};
}

}  // namespace pg2crdb
