#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// How psql reads words, quotes and variables: for what reads its commands, inside of parser/.
namespace pg2crdb::psql {

/// Of a variable's name.
bool is_variable_byte(char c);

template <size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// From the byte behind an opening quote to the one behind the closing quote, or to the line's end.
size_t skip_quoted(std::string_view text, size_t i, char quote, bool escapes);

/// The end of what psql's scanner does not look into: strings, names in quotes, dollar quotes, comments; `i`
/// where none begins there.
size_t skip_opaque(std::string_view sql, size_t i);

/// What stands at a colon, as psql's scanner has it: `:name`, `:'name'`, `:"name"`, `:{?name}`.
struct Reference {
  enum class Form { plain, literal, identifier, test };
  Form form = Form::plain;
  std::string_view name = {};
  size_t end = 0;
};
std::optional<Reference> read_reference(std::string_view text, size_t colon);
/// What a variable's value becomes there.
std::string shown_value(const Reference& reference, const std::string& value);

/// A backslash in a quoted argument: `i` stands behind it and moves on.
char escaped(std::string_view text, size_t& i);

/// As psql reads a boolean: any unambiguous beginning of the words, in any case.
std::optional<bool> boolean(std::string_view text);

}  // namespace pg2crdb::psql
