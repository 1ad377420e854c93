#include "support/json.h"

#include <algorithm>

#include "support/utf8.h"

namespace pg2crdb {

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  const auto is_plain = [](char c) { return c >= ' ' && c < 0x7F && c != '"' && c != '\\'; };
  while (true) {
    const auto* const plain_end = std::find_if_not(text.begin(), text.end(), is_plain);
    out.append(text.begin(), plain_end);
    text.remove_prefix(static_cast<size_t>(plain_end - text.begin()));
    if (text.empty()) break;
    const Utf8Character character = decode_utf8(text);
    const char c = text.front();
    if (!character.valid) {
      out += replacement_character;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (character.code < 0x20 || character.code == 0x7F) {
      out += "\\u00";
      out += hex[character.code >> 4];
      out += hex[character.code & 0xF];
    } else {
      out += text.substr(0, character.length);
    }
    text.remove_prefix(character.length);
  }
  out += '"';
}

}  // namespace pg2crdb
