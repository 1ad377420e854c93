#include "scan/key_type.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "rows/canonical_forms.h"
#include "scan/value_checks.h"
#include "scan/written_value.h"
#include "support/ascii.h"

namespace pg2crdb {
using namespace std::string_view_literals;

std::optional<KeyType> KeyType::of(std::string_view type) {
  const size_t open = std::min(type.find('('), type.size());
  const size_t close = std::min(type.find(')', open), type.size());
  std::string name(type.substr(0, open));
  if (close < type.size()) name += type.substr(close + 1);
  const Fit fit(type);
  if (name == "smallint" || name == "integer" || name == "bigint") {
    KeyType integer(Kind::number, fit);
    integer.whole_ = true;
    return integer;
  }
  constexpr std::array kinds = {std::pair("numeric"sv, Kind::number),
                                std::pair("text"sv, Kind::text),
                                std::pair("character varying"sv, Kind::text),
                                std::pair("character"sv, Kind::blank_padded),
                                std::pair("uuid"sv, Kind::uuid),
                                std::pair("date"sv, Kind::date),
                                std::pair("boolean"sv, Kind::boolean),
                                std::pair("bytea"sv, Kind::bytea),
                                std::pair("inet"sv, Kind::inet),
                                std::pair("cidr"sv, Kind::inet),
                                std::pair("real"sv, Kind::float4),
                                std::pair("double precision"sv, Kind::float8)};
  const auto* const found = std::ranges::find(kinds, name, &std::pair<std::string_view, Kind>::first);
  if (found != kinds.end()) return KeyType(found->second, fit);
  constexpr std::array times = {std::pair("timestamp with time zone"sv, Kind::timestamptz),
                                std::pair("timestamp without time zone"sv, Kind::timestamp),
                                std::pair("time with time zone"sv, Kind::timetz),
                                std::pair("time without time zone"sv, Kind::time),
                                std::pair("interval"sv, Kind::interval)};
  const auto* const of_time = std::ranges::find(times, name, &std::pair<std::string_view, Kind>::first);
  if (of_time == times.end()) return std::nullopt;
  KeyType time(of_time->second, Fit(""));
  if (close < type.size()) std::from_chars(type.data() + open + 1, type.data() + close, time.most_fraction_);
  return time;
}

bool KeyType::append(std::string& out, std::string_view value) const {
  switch (kind_) {
    case Kind::number:
      return append_number_value(out, value);
    case Kind::text:
      if (!fit_.takes(value)) return false;
      out += value;
      return true;
    case Kind::blank_padded:
      out += value.substr(0, value.find_last_not_of(' ') + 1);
      return true;
    case Kind::uuid:
      return append_uuid(out, value);
    case Kind::date:
      return append_written_date(out, value);
    case Kind::boolean:
      return append_boolean(out, value);
    case Kind::bytea:
      return append_bytea(out, value);
    case Kind::inet:
      return append_inet(out, value);
    case Kind::float4:
    case Kind::float8:
      return append_float_value(out, value);
    case Kind::time:
      return has_room_for_fraction(value) && append_time(out, value, false);
    case Kind::timetz:
      // One without a time zone is of a session's.
      return value.find_first_of("+-Z", value.find(':')) != std::string_view::npos &&
             has_room_for_fraction(value) && append_time(out, value, true);
    case Kind::interval:
      return append_interval_value(out, value);
    default:
      return append_timestamp_value(out, value);
  }
}

bool KeyType::append_number_value(std::string& out, std::string_view value) const {
  const std::optional<std::string> number = written_number(value);
  if (!number) return false;
  if (!whole_) return fit_.takes(*number) && append_number(out, *number);
  int64_t integer = 0;
  const char* const end = number->data() + number->size();
  const auto [behind, problem] = std::from_chars(number->data(), end, integer);
  if (problem != std::errc() || behind != end) return false;
  return append_number(out, std::to_string(integer));
}

// Both zeros are equal.
bool KeyType::append_float_value(std::string& out, std::string_view value) const {
  value = without_blanks(value);
  const size_t begin = out.size();
  if (!(kind_ == Kind::float4 ? append_float4(out, value) : append_float8(out, value))) return false;
  if (out.substr(begin) == "-0") out.replace(begin, std::string::npos, "0");
  return true;
}

// A month is equal to 30 days, and a day to 24 hours.
bool KeyType::append_interval_value(std::string& out, std::string_view value) const {
  if (!has_room_for_fraction(value)) return false;
  const std::optional<IntervalParts> parts = interval_parts(value);
  int64_t days = 0, microseconds = 0;
  if (!parts || __builtin_mul_overflow(parts->months, int64_t{30}, &days) ||
      __builtin_add_overflow(days, parts->days, &days) ||
      __builtin_mul_overflow(days, microseconds_of_day, &microseconds) ||
      __builtin_add_overflow(microseconds, parts->microseconds, &microseconds))
    return false;
  out += std::to_string(microseconds);
  return true;
}

/// Of seconds: more digits are rounded.
bool KeyType::has_room_for_fraction(std::string_view value) const {
  const size_t point = value.find('.');
  if (point == std::string_view::npos) return true;
  const std::string_view behind = value.substr(point + 1);
  const auto digits = static_cast<size_t>(std::ranges::find_if_not(behind, is_digit) - behind.begin());
  return digits <= most_fraction_;
}

// One without a time zone is of a session's.
bool KeyType::append_timestamp_value(std::string& out, std::string_view value) const {
  if (is_infinite(value)) {
    out += lower(value);
    return true;
  }
  if (!has_room_for_fraction(value)) return false;
  const bool with_time_zone = kind_ == Kind::timestamptz;
  if (plain_timestamp(value, with_time_zone)) {
    out += value;
    return true;
  }
  constexpr size_t date = 10;
  if (value.size() <= date || (value.find_first_of("+-Z", date) != std::string_view::npos) != with_time_zone)
    return false;
  return append_timestamp(out, value, with_time_zone);
}

}  // namespace pg2crdb
