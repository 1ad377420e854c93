#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "rows/canonical.h"
#include "rows/time_parts.h"
#include "support/ascii.h"

namespace pg2crdb {

// The forms of rows/canonical.h that have a reader of their own. Each appends the text's canonical form;
// false, with anything appended, where the text cannot be read so.

bool append_number(std::string& out, std::string_view text);
/// A number without NaN and the infinities: JSON's.
bool append_decimal(std::string& out, std::string_view text);
bool append_float4(std::string& out, std::string_view text);
bool append_float8(std::string& out, std::string_view text);
bool append_json(std::string& out, std::string_view text);
/// A date, and a time in it, as servers print or people write them; `digits` of its seconds are kept.
bool append_written_date(std::string& out, std::string_view text);
bool append_timestamp(std::string& out, std::string_view text, bool with_time_zone, int digits = 6);
/// Whether a timestamp is printed as append_timestamp() would: both servers do in a session whose time zone
/// is UTC.
bool plain_timestamp(std::string_view text, bool with_time_zone, int digits = 6);
bool append_composite(std::string& out, const std::vector<CanonicalType>& fields, std::string_view text);
bool append_time(std::string& out, std::string_view text, bool with_time_zone, int digits = 6);
/// In IntervalStyle postgres: [n year[s]] [n mon[s]] [n day[s]] [[+-]HH:MM:SS[.ffffff]].
bool append_interval(std::string& out, std::string_view text, int digits = 6);
/// What an interval counts, as servers print or people write it; nothing where it cannot be read so.
std::optional<IntervalParts> interval_parts(std::string_view text, int digits = 6);
bool append_bytea(std::string& out, std::string_view text);
bool append_boolean(std::string& out, std::string_view text);
bool append_inet(std::string& out, std::string_view text);
bool append_uuid(std::string& out, std::string_view text);
bool append_integer(std::string& out, std::string_view text);

inline bool equals_word(std::string_view text, std::string_view lower_case_word) {
  return std::equal(text.begin(), text.end(), lower_case_word.begin(), lower_case_word.end(),
                    [](char a, char b) { return lower(a) == b; });
}

}  // namespace pg2crdb
