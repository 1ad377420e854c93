#pragma once
#include <algorithm>
#include <string>
#include <string_view>

#include "rows/canonical.h"
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
bool append_timestamp(std::string& out, std::string_view text, bool with_time_zone);
/// Whether a timestamp is printed as append_timestamp() would: both servers do in a session whose time zone
/// is UTC.
bool plain_timestamp(std::string_view text, bool with_time_zone);
bool append_composite(std::string& out, const std::vector<CanonicalType>& fields, std::string_view text);
bool append_time(std::string& out, std::string_view text, bool with_time_zone);
/// IntervalStyle postgres: [n year[s]] [n mon[s]] [n day[s]] [[+-]HH:MM:SS[.ffffff]].
bool append_interval(std::string& out, std::string_view text);

inline bool equals_word(std::string_view text, std::string_view lower_case_word) {
  return std::equal(text.begin(), text.end(), lower_case_word.begin(), lower_case_word.end(),
                    [](char a, char b) { return lower(a) == b; });
}

}  // namespace pg2crdb
