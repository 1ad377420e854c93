#include "support/json.h"

#include "support/utf8.h"

namespace pg2crdb {

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
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
