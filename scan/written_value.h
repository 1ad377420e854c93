#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pg2crdb {

// Values as people write them, where PostgreSQL prints them in another way.

/// Without blanks at either end.
std::string_view without_blanks(std::string_view text);

/// A number without blanks, plus or exponent; NaN, Infinity and -Infinity as PostgreSQL prints them. Nothing
/// where it is none, and for exponents that nobody writes out.
std::optional<std::string> written_number(std::string_view text);

/// Of a boolean's words, which may be cut short: true, yes, on, 1, false, no, off, 0.
std::optional<bool> truth_of(std::string_view text);

}  // namespace pg2crdb
