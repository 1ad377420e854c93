#include <array>
#include <charconv>

#include "rows/canonical_forms.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

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

}  // namespace

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

}  // namespace pg2crdb
