#pragma once
#include <cstddef>
#include <string_view>

/// What stands in a statement's text, without its tree.
namespace pg2crdb {

/// Without the semicolon at its end, and the blanks around that.
std::string_view without_semicolon(std::string_view sql);

/// Whether a name stands in it that is longer than PostgreSQL lets names be: it cuts those, CockroachDB none.
bool has_long_name(std::string_view sql);

/// The first byte that begins no valid character; the size where there is none.
size_t first_invalid_byte(std::string_view text);

/// The first backslash in a string that is neither E'' nor dollar quoted; npos where there is none.
size_t find_plain_backslash(std::string_view sql);

/// Whether `${NAME}` or `$NAME` stands in it; `$tag$` begins a string.
bool uses_environment(std::string_view sql);

}  // namespace pg2crdb
