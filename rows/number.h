#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace pg2crdb {

/// A number of SQL's text, sign included, as PostgreSQL prints the constant: "007" is 7, ".5" 0.5, "10." 10,
/// "1e3" 1000; "-0" stays, which is pg_dump's of a float. Nothing where it is printed as it stands, and for
/// exponents that nobody writes out.
std::optional<std::string> printed_number(std::string_view number);

/// A number without exponent as PostgreSQL assigns it to an integer: halves go away from zero. What is none
/// stays as it is.
std::string rounded_number(std::string_view number);

}  // namespace pg2crdb
