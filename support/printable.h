#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// Text for one line of a log or a terminal: control characters become escapes (`\n`, `\x1b`), so that a name
/// or a value with a line end in it cannot look like a line of ours.
inline std::string printable(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7f) {
      out.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace pg2crdb
