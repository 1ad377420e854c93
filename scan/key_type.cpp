#include "scan/key_type.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "rows/canonical_forms.h"
#include "scan/value_checks.h"
#include "scan/written_value.h"
#include "support/ascii.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

bool is_shaped(std::string_view text, std::string_view shape, bool (*fills)(char)) {
  return std::equal(text.begin(), text.end(), shape.begin(), shape.end(),
                    [&](char c, char place) { return place == '0' ? fills(c) : c == place; });
}

bool is_hex_digit(char c) {
  return hex_digit(c) >= 0;
}

bool is_decimal_digit(char c) {
  return is_digit(c);
}

}  // namespace

std::optional<KeyType> KeyType::of(std::string_view type) {
  const size_t open = std::min(type.find('('), type.size());
  const size_t close = std::min(type.find(')', open), type.size());
  std::string name(type.substr(0, open));
  if (close < type.size()) name += type.substr(close + 1);
  const Fit fit(type);
  if (name == "smallint" || name == "integer" || name == "bigint") return KeyType(Kind::integer, fit);
  if (name == "numeric") return KeyType(Kind::number, fit);
  if (name == "text" || name == "character varying") return KeyType(Kind::text, fit);
  if (name == "character") return KeyType(Kind::blank_padded, fit);
  if (name == "uuid") return KeyType(Kind::uuid, fit);
  if (name == "date") return KeyType(Kind::date, fit);
  const bool with_time_zone = name == "timestamp with time zone";
  if (!with_time_zone && name != "timestamp without time zone") return std::nullopt;
  KeyType timestamp(with_time_zone ? Kind::timestamptz : Kind::timestamp, Fit(""));
  if (close < type.size())
    std::from_chars(type.data() + open + 1, type.data() + close, timestamp.most_fraction_);
  return timestamp;
}

bool KeyType::append(std::string& out, std::string_view value) const {
  switch (kind_) {
    case Kind::integer: {
      const std::optional<std::string> number = written_number(value);
      int64_t integer = 0;
      if (!number) return false;
      const char* const end = number->data() + number->size();
      const auto [behind, problem] = std::from_chars(number->data(), end, integer);
      if (problem != std::errc() || behind != end) return false;
      out += std::to_string(integer);
      return true;
    }
    case Kind::number: {
      const std::optional<std::string> number = written_number(value);
      return number && fit_.takes(*number) && append_number(out, *number);
    }
    case Kind::text:
      if (!fit_.takes(value)) return false;
      out += value;
      return true;
    case Kind::blank_padded:
      out += value.substr(0, value.find_last_not_of(' ') + 1);
      return true;
    case Kind::uuid:
      if (!is_shaped(value, "00000000-0000-0000-0000-000000000000", is_hex_digit)) return false;
      out += lower(value);
      return true;
    case Kind::date:
      if (!is_infinite(value) && !is_shaped(value, "0000-00-00", is_decimal_digit)) return false;
      out += lower(value);
      return true;
    default:
      return append_timestamp_value(out, value);
  }
}

// One without a time zone is of a session's.
bool KeyType::append_timestamp_value(std::string& out, std::string_view value) const {
  if (is_infinite(value)) {
    out += lower(value);
    return true;
  }
  const size_t point = value.find('.');
  if (point != std::string_view::npos) {
    const std::string_view behind = value.substr(point + 1);
    const auto digits = static_cast<size_t>(std::ranges::find_if_not(behind, is_digit) - behind.begin());
    if (digits > most_fraction_) return false;
  }
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
