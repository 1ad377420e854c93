#include "scan/value_checks.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "rows/canonical_forms.h"
#include "rows/conversion.h"
#include "rows/fit.h"
#include "scan/written_value.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

constexpr FindingKind rules[] = {
    {"rows-out-of-range", Severity::error, "rows",
     "a row holds a value that its column's type on the target refuses, or cuts",
     "Mend the rows in PostgreSQL and dump again, or give the column a type that holds them with a rule of "
     "your "
     "own."},
    {"rows-infinite-time", Severity::info, "rows",
     "a row holds an infinite date or timestamp: CockroachDB keeps it, but has no isfinite(), and its "
     "extract(epoch) is a finite number",
     "Compare with 'infinity' in queries instead of calling isfinite() or extract()."},
    {"rows-too-large", Severity::warning, "rows",
     "a row is so large that CockroachDB logs it, or refuses it when it is written",
     "Keep large values in files or an object store, or in several rows."},
    {"rows-not-scanned", Severity::warning, "rows",
     "the rows could not be looked at, so that nothing is known of what they hold",
     "Mend what is said, or leave the rows unread with --no-scan-data."},
    {"rows-break-check", Severity::error, "rows",
     "a row breaks a CHECK that is NOT VALID: once the rows are loaded its validation fails",
     "Mend the rows before the dump, or leave the constraint out."},
};

bool begins(std::string_view type, std::string_view name) {
  return type == name || (type.starts_with(name) && (type[name.size()] == '(' || type[name.size()] == ' '));
}

ValueTest array_test(const LoadPlan::Column& column) {
  return column.target_type.ends_with("[]") ? ValueTest(is_nested_or_shifted_array) : ValueTest();
}

template <bool (*is)(std::string_view)>
ValueTest json_test(const LoadPlan::Column& column) {
  return column.source_type == "json" ? ValueTest(is) : ValueTest();
}

/// What the source's type lets through cannot be too long for the same type on the target; but for "char",
/// whose bytes above 127 PostgreSQL prints as four characters.
ValueTest fit_test(const LoadPlan::Column& column) {
  const Fit fit(column.target_type);
  if (fit.always() || column.conversion == LoadPlan::Conversion::money_to_decimal) return {};
  if (column.target_type != "\"char\"" && fit == Fit(column.source_type)) return {};
  const bool of_digits = column.target_type.starts_with("DECIMAL") && !column.target_type.ends_with("[]");
  const bool of_bits = column.target_type.starts_with("BIT") || column.target_type.starts_with("VARBIT");
  return [fit, of_digits, of_bits](std::string_view value) -> std::optional<bool> {
    if (of_bits && value.find_first_not_of("01") != std::string_view::npos) return std::nullopt;  // X1F
    if (!of_digits) return !fit.takes(value);
    const std::optional<std::string> number = written_number(value);
    return number ? std::optional(!fit.takes(*number)) : std::nullopt;
  };
}

std::optional<int64_t> largest_integer(std::string_view target_type) {
  if (target_type == "INT2") return std::numeric_limits<int16_t>::max();
  if (target_type == "INT4") return std::numeric_limits<int32_t>::max();
  if (target_type == "INT8") return std::numeric_limits<int64_t>::max();
  return std::nullopt;
}

ValueTest integer_test(const LoadPlan::Column& column) {
  const std::optional<int64_t> largest = largest_integer(column.target_type);
  const bool narrower = column.source_type == "bigint"
                            ? column.target_type != "INT8"
                            : column.source_type == "integer" && column.target_type == "INT2";
  if (!largest || !(narrower || begins(column.source_type, "numeric"))) return {};
  return [largest](std::string_view value) -> std::optional<bool> {
    int64_t number = 0;
    if (value.starts_with('+') || value != without_blanks(value)) return std::nullopt;
    const char* const end = value.data() + value.size();
    const auto [behind, problem] = std::from_chars(value.data(), end, number);
    return problem != std::errc() || behind != end || number > *largest || number < -*largest - 1;
  };
}

ValueTest decimal_test(const LoadPlan::Column& column) {
  return column.source_type == "numeric" ? ValueTest(is_number_beyond_decimal) : ValueTest();
}

ValueTest interval_test(const LoadPlan::Column& column) {
  const bool asked = column.target_type.starts_with("INTERVAL") && !column.target_type.ends_with("[]");
  return asked ? ValueTest(is_interval_beyond_target) : ValueTest();
}

bool is_time(const LoadPlan::Column& column) {
  return (column.source_type == "date" || begins(column.source_type, "timestamp")) &&
         !column.source_type.ends_with("[]");
}

/// Both servers' types of a name have the same range; a date's is wider.
ValueTest time_range_test(const LoadPlan::Column& column) {
  const bool asked = column.source_type == "date" && column.target_type.starts_with("TIMESTAMP");
  return asked ? ValueTest(is_date_beyond_target) : ValueTest();
}

/// What is no value of the type that PostgreSQL had, or one that hangs on a session's settings.
ValueTest printed_test(const LoadPlan::Column& column) {
  if (!goes_as_printed(column)) return {};
  return [column](std::string_view value) -> std::optional<bool> {
    Field field{value, false};
    std::string printed;
    return !convert(column, field, printed);
  };
}

ValueTest infinite_time_test(const LoadPlan::Column& column) {
  const bool asked = is_time(column) &&
                     (column.target_type.starts_with("TIMESTAMP") || column.target_type.starts_with("DATE"));
  return asked ? ValueTest(is_infinite) : ValueTest();
}

constexpr std::string_view out_of_range = rules[0].id;
constexpr Severity error = Severity::error, warning = Severity::warning, info = Severity::info;

constexpr ValueCheck checks[] = {
    {"nested-array", error, info, "rows-nested-array", "Nothing to do for the rows that are there.",
     "an array of several dimensions, or one that does not begin at 1", array_test},
    {"json-normalised",
     warning,
     info,
     {},
     {},
     "a JSON object that has a key twice",
     json_test<has_equal_keys>},
    {"json-normalised",
     warning,
     info,
     {},
     {},
     "a JSON number that no double holds",
     json_test<has_number_beyond_double>},
    {"json-normalised",
     warning,
     info,
     {},
     {},
     "JSON with \\u0000 or half of a surrogate pair, which jsonb refuses",
     json_test<has_escape_refused_by_jsonb>},
    {{}, error, info, out_of_range, {}, "a value that does not fit into {type}", fit_test},
    {{}, error, info, out_of_range, {}, "a number that is no {type}", integer_test},
    {{},
     error,
     info,
     out_of_range,
     {},
     "a number beyond the exponents of {type}, -2000 to 2000",
     decimal_test,
     true},
    {{},
     error,
     info,
     out_of_range,
     {},
     "an interval that is infinite, or of more hours than {type} counts",
     interval_test},
    {{}, error, info, out_of_range, {}, "a date beyond the years of {type}", time_range_test},
    {{},
     error,
     info,
     out_of_range,
     {},
     "a value of which it is not known how PostgreSQL prints it, as {type} would keep it",
     printed_test,
     true},
    {{}, info, info, "rows-infinite-time", {}, "an infinite date or timestamp", infinite_time_test, true},
};

}  // namespace

const std::span<const ValueCheck> value_checks = checks;
const std::span<const FindingKind> scan_rules = rules;
const FindingKind& rows_too_large = rules[2];
const FindingKind& rows_not_scanned = rules[3];
const FindingKind& rows_break_check = rules[4];

// array_out() writes lower bounds where one is not 1.
bool is_nested_or_shifted_array(std::string_view array) {
  array = without_blanks(array);
  if (array.starts_with('[')) return true;
  const size_t open = array.find('{');
  const size_t inner =
      open == std::string_view::npos ? open : array.find_first_not_of(" \t\n\r\v\f", open + 1);
  return inner != std::string_view::npos && array[inner] == '{';
}

// CockroachDB's decimals have exponents of -2000 to 2000, so that they fit into the wire protocol;
// PostgreSQL's numerics have 131072 digits before the point and 16383 behind it, and are printed without an
// exponent.
std::optional<bool> is_number_beyond_decimal(std::string_view number) {
  constexpr int64_t most = 2000;
  if (number.size() <= most && number.find_first_not_of("0123456789.-") == std::string_view::npos)
    return false;
  number = without_blanks(number);
  const size_t e = std::min(number.find_first_of("eE"), number.size());
  std::string_view power = number.substr(std::min(e + 1, number.size()));
  if (power.starts_with("+") && !power.starts_with("+-")) power.remove_prefix(1);
  int64_t exponent = 0;
  if (e < number.size()) {
    const auto [behind, problem] = std::from_chars(power.data(), power.data() + power.size(), exponent);
    if (problem != std::errc() || behind != power.data() + power.size()) return std::nullopt;
    if (exponent > 1'000'000 || exponent < -1'000'000) return std::nullopt;
  }
  const std::optional<std::string> plain = written_number(number.substr(0, e));
  if (!plain) return std::nullopt;
  if (plain->ends_with('N') || plain->ends_with('y')) return false;  // NaN, Infinity
  std::string_view digits = *plain;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  const size_t point = std::min(digits.find('.'), digits.size());
  const size_t first = digits.find_first_not_of("0.");
  if (first == std::string_view::npos) return false;
  const auto places = static_cast<int64_t>(point) - static_cast<int64_t>(first);
  exponent += first < point ? places - 1 : places;  // 0.1 is 1e-1
  return exponent > most || exponent < -most;
}

// Hours, minutes and seconds are 64 bits of nanoseconds in CockroachDB, of microseconds in PostgreSQL.
// Infinite ones are 22007 (type facts 1).
std::optional<bool> is_interval_beyond_target(std::string_view interval) {
  if (is_infinite(interval)) return true;
  const std::optional<IntervalParts> parts = interval_parts(interval);
  if (!parts) return std::nullopt;
  constexpr int64_t most = std::numeric_limits<int64_t>::max() / 1000;
  return parts->microseconds > most || parts->microseconds < -most;
}

// Timestamps end with the year 294276, and begin in 4714 BC, as dates do.
std::optional<bool> is_date_beyond_target(std::string_view date) {
  if (is_infinite(date)) return false;
  std::string day;
  if (!append_written_date(day, date)) return std::nullopt;
  int64_t year = 0;
  std::from_chars(day.data(), day.data() + day.size(), year);
  return year > 294276 && !day.ends_with(" BC");
}

bool is_infinite(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text.size() == 8 && lower(text) == "infinity";
}

}  // namespace pg2crdb
