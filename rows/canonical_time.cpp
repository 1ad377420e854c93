#include <algorithm>
#include <cstdlib>

#include "rows/canonical_forms.h"
#include "rows/time_parts.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr int64_t most_fraction = 6;        // digits that both servers keep
constexpr int64_t most_hours = 2562047788;  // whose microseconds have 64 bits
constexpr int64_t last_year = 294276;       // of timestamps

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

// HH:MM[:SS[.ffffff]] in microseconds; the hour has up to `hour_digits`. Servers print the seconds, people
// leave them out.
bool read_clock_time(Cursor& cursor, size_t hour_digits, int64_t& microseconds) {
  int64_t hour = 0, minute = 0, second = 0, fraction = 0;
  if (!cursor.number(2, hour_digits, hour) || !cursor.take(':') || !cursor.number(2, 2, minute) ||
      minute > 59 || hour > most_hours)
    return false;
  if (cursor.take(':')) {
    if (!cursor.number(2, 2, second) || second > 59) return false;
    if (cursor.take('.')) {
      const size_t begin = cursor.at;
      if (!cursor.number(1, most_fraction, fraction)) return false;
      for (size_t digits = cursor.at - begin; digits < most_fraction; ++digits) fraction *= 10;
    }
  }
  microseconds = ((hour * 60 + minute) * 60 + second) * microseconds_of_second + fraction;
  return true;
}

void append_clock_time(std::string& out, int64_t microseconds) {
  const int64_t seconds = microseconds / microseconds_of_second;
  append_padded(out, seconds / 3600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  const int64_t fraction = microseconds % microseconds_of_second;
  if (fraction == 0) return;
  out += '.';
  append_padded(out, fraction, most_fraction);
  out.resize(out.find_last_not_of('0') + 1);
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

void append_date(std::string& out, const CivilDate& date) {
  append_padded(out, date.year > 0 ? date.year : 1 - date.year, 4);
  out += '-';
  append_padded(out, date.month, 2);
  out += '-';
  append_padded(out, date.day, 2);
}

bool append_infinite(std::string& out, std::string_view text) {
  if (!equals_word(text, "infinity") && !equals_word(text, "-infinity")) return false;
  out += lower(text);
  return true;
}

// As servers print them. A date alone is its midnight.
bool read_timestamp(std::string_view text, bool with_time_zone, int64_t& microseconds) {
  Cursor cursor{text};
  CivilDate date;
  int64_t time = 0;
  int64_t offset = 0;
  if (!cursor.number(4, 6, date.year) || !cursor.take('-') || !cursor.number(2, 2, date.month) ||
      !cursor.take('-') || !cursor.number(2, 2, date.day)) {
    return false;
  }
  if (!cursor.done() && cursor.text.substr(cursor.at) != " BC" &&
      (!(cursor.take(' ') || cursor.take('T')) || !read_clock_time(cursor, 2, time) ||
       time >= microseconds_of_day)) {
    return false;
  }
  if (with_time_zone && !read_offset(cursor, offset)) return false;
  const bool before_christ = cursor.take(" BC");
  if (!cursor.done() || date.year == 0 || date.year > last_year) return false;
  if (before_christ) date.year = 1 - date.year;
  if (!is_day(date)) return false;
  microseconds = days_from_civil(date.year, date.month, date.day) * microseconds_of_day + time -
                 offset * microseconds_of_second;
  return true;
}

bool read_written_timestamp(std::string_view text, bool with_time_zone, int64_t& microseconds) {
  const std::optional<WrittenMoment> moment = read_written_moment(text);
  if (!moment || !moment->date || moment->date->year > last_year) return false;
  const CivilDate& date = *moment->date;
  microseconds = days_from_civil(date.year, date.month, date.day) * microseconds_of_day +
                 moment->microseconds.value_or(0);
  if (with_time_zone) microseconds -= moment->offset.value_or(0) * microseconds_of_second;
  return true;
}

// [n year[s]] [n mon[s]] [n day[s]] [[+-]HH:MM:SS[.ffffff]]
bool read_interval(std::string_view text, IntervalParts& parts) {
  Cursor cursor{text};
  if (text.empty()) return false;
  while (true) {
    const bool negative = cursor.take('-');
    if (!negative) cursor.take('+');
    const size_t number_begin = cursor.at;
    int64_t number = 0;
    if (!cursor.number(1, 10, number)) return false;
    if (!cursor.take(' ')) {
      cursor.at = number_begin;
      if (!read_clock_time(cursor, 10, parts.microseconds) || !cursor.done()) return false;
      if (negative) parts.microseconds = -parts.microseconds;
      return true;
    }
    if (negative) number = -number;
    if (cursor.take("year")) {
      parts.months += number * 12;
    } else if (cursor.take("mon")) {
      parts.months += number;
    } else if (cursor.take("day")) {
      parts.days += number;
    } else {
      return false;
    }
    cursor.take('s');
    if (cursor.done()) return true;
    if (!cursor.take(' ')) return false;
  }
}

}  // namespace

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
int64_t days_from_civil(int64_t year, int64_t month, int64_t day) {
  year -= month <= 2;
  const int64_t era = (year >= 0 ? year : year - 399) / 400;
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate civil_from_days(int64_t days) {
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

bool is_day(const CivilDate& date) {
  if (date.month < 1 || date.month > 12 || date.day < 1) return false;
  const CivilDate same = civil_from_days(days_from_civil(date.year, date.month, date.day));
  return same.month == date.month && same.day == date.day;
}

int64_t rounded_microseconds(int64_t microseconds, int digits) {
  int64_t unit = 1;
  for (int digit = digits; digit < most_fraction; ++digit) unit *= 10;
  const int64_t half = unit / 2;
  return microseconds >= 0 ? (microseconds + half) / unit * unit : -((-microseconds + half) / unit * unit);
}

// Of a time in it nothing stays.
bool append_written_date(std::string& out, std::string_view text) {
  constexpr std::string_view shape = "0000-00-00";
  if (std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                 [](char c, char place) { return place == '0' ? is_digit(c) : c == place; })) {
    out += text;
    return true;
  }
  if (append_infinite(out, text)) return true;
  const std::optional<WrittenMoment> moment = read_written_moment(text);
  if (!moment || !moment->date) return false;
  append_date(out, *moment->date);
  if (moment->date->year <= 0) out += " BC";
  return true;
}

bool append_timestamp(std::string& out, std::string_view text, bool with_time_zone, int digits) {
  int64_t microseconds = 0;
  if (!read_timestamp(text, with_time_zone, microseconds) &&
      !read_written_timestamp(text, with_time_zone, microseconds))
    return append_infinite(out, text);
  // PostgreSQL counts from the year 2000.
  constexpr int64_t epoch = 10957 * microseconds_of_day;
  microseconds = rounded_microseconds(microseconds - epoch, digits) + epoch;
  const int64_t days = microseconds >= 0 ? microseconds / microseconds_of_day
                                         : (microseconds - microseconds_of_day + 1) / microseconds_of_day;
  const CivilDate date = civil_from_days(days);
  append_date(out, date);
  out += ' ';
  append_clock_time(out, microseconds - days * microseconds_of_day);
  if (with_time_zone) out += "+00";
  if (date.year <= 0) out += " BC";
  return true;
}

bool plain_timestamp(std::string_view text, bool with_time_zone, int digits) {
  if (with_time_zone) {
    if (!text.ends_with("+00")) return false;
    text.remove_suffix(3);
  }
  constexpr std::string_view shape = "0000-00-00 00:00:00.";
  if (text.size() < 19 || text.size() == 20 || text.size() > 20 + static_cast<size_t>(digits)) return false;
  for (size_t i = 0; i < std::min(text.size(), shape.size()); ++i) {
    if (shape[i] == '0' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  }
  for (size_t i = 20; i < text.size(); ++i) {
    if (!is_digit(text[i])) return false;
  }
  return text.size() == 19 || text.back() != '0';
}

bool append_time(std::string& out, std::string_view text, bool with_time_zone, int digits) {
  Cursor cursor{text};
  int64_t microseconds = 0;
  int64_t offset = 0;
  const bool printed = read_clock_time(cursor, 2, microseconds) &&
                       (!with_time_zone || read_offset(cursor, offset)) && cursor.done();
  if (!printed) {
    const std::optional<WrittenMoment> moment = read_written_moment(text);
    if (!moment || !moment->microseconds) return false;
    microseconds = *moment->microseconds;
    offset = moment->offset.value_or(0);
  }
  microseconds = rounded_microseconds(microseconds, digits);
  if (microseconds > microseconds_of_day) return false;
  append_clock_time(out, microseconds);
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

std::optional<IntervalParts> interval_parts(std::string_view text, int digits) {
  std::optional<IntervalParts> parts = IntervalParts();
  if (!read_interval(text, *parts)) parts = read_written_interval(text);
  if (parts) parts->microseconds = rounded_microseconds(parts->microseconds, digits);
  return parts;
}

bool append_interval(std::string& out, std::string_view text, int digits) {
  const std::optional<IntervalParts> parts = interval_parts(text, digits);
  if (!parts) return false;
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
  field(parts->months / 12, "year");
  field(parts->months % 12, "mon");
  field(parts->days, "day");
  if (parts->microseconds == 0 && !first) return true;
  if (!first) out += ' ';
  if (parts->microseconds < 0) {
    out += '-';
  } else if (after_negative) {
    out += '+';
  }
  append_clock_time(out, std::abs(parts->microseconds));
  return true;
}

}  // namespace pg2crdb
