#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace pg2crdb {

/// A day of the proleptic Gregorian calendar; year 0 is 1 BC.
struct CivilDate {
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
};

/// Days since 1970-01-01, and back.
int64_t days_from_civil(int64_t year, int64_t month, int64_t day);
CivilDate civil_from_days(int64_t days);
/// Whether the calendar has such a day.
bool is_day(const CivilDate& date);

constexpr int64_t microseconds_of_second = 1'000'000;
constexpr int64_t microseconds_of_day = 86400 * microseconds_of_second;

/// A time with so many digits of its seconds, from 0 to 6, as PostgreSQL rounds it.
int64_t rounded_microseconds(int64_t microseconds, int digits);

/// A date, a time or both, as people write them where PostgreSQL prints them in another way: `Jan 5 2020
/// 10:00 PM`, `5-Jan-2020`, `1/5/2020`, `20200105T101500Z`.
struct WrittenMoment {
  std::optional<CivilDate> date;
  std::optional<int64_t> microseconds;  ///< of the day; those of a whole one for 24:00:00
  std::optional<int64_t> offset;        ///< of its zone: seconds east of UTC
};
/// In the order month, day, year where neither a name nor a year says which is which. Nothing where the text
/// is none, and for what depends on the moment or on rules of a zone: `today`, `10:00 CET`.
std::optional<WrittenMoment> read_written_moment(std::string_view text);

struct IntervalParts {
  int64_t months = 0;
  int64_t days = 0;
  int64_t microseconds = 0;
};
/// `1 day 2 hours`, `1.5 weeks ago`, `1-2`, `3 04:05:06`, `P1Y2M3DT4H5M6S`: what IntervalStyle postgres
/// reads. Nothing where the text is none, and for fractions that are no whole number of microseconds.
std::optional<IntervalParts> read_written_interval(std::string_view text);

}  // namespace pg2crdb
