#pragma once
#include <cstddef>
#include <string_view>

namespace pg2crdb {

/// How many line feeds are in it. Several bytes at once: all of a dump goes through it.
size_t count_line_ends(std::string_view text);

/// Bytes before the first line feed or carriage return; all of them where there is none.
constexpr size_t first_line_size(std::string_view text) {
  size_t size = 0;
  while (size < text.size() && text[size] != '\n' && text[size] != '\r') ++size;
  return size;
}

}  // namespace pg2crdb
