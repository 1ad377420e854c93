#pragma once
#include <algorithm>
#include <string>
#include <string_view>

namespace pg2crdb {

/// A to Z as small letters; all other bytes, those of UTF-8 among them, stay.
inline char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
inline std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}

}  // namespace pg2crdb
