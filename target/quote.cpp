#include "target/quote.h"

#include "support/hex.h"
#include "target/target.h"

namespace pg2crdb {
namespace {

bool is_plain(std::string_view name) {
  if (name.empty()) return false;
  const auto starts_word = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  if (!starts_word(name[0])) return false;
  for (const char c : name) {
    if (!starts_word(c) && !(c >= '0' && c <= '9')) return false;
  }
  return !is_reserved_word(name);
}

bool needs_escape(unsigned char c) {
  return c == '\\' || c < 0x20 || c == 0x7f;
}

void append_escaped(std::string& out, char c) {
  switch (c) {
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  out += "\\x";
  append_hex(out, static_cast<unsigned char>(c));
}

}  // namespace

void append_identifier(std::string& out, std::string_view name) {
  if (is_plain(name)) {
    out += name;
    return;
  }
  out += '"';
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_literal(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (needs_escape(static_cast<unsigned char>(c))) {
      out += 'e';
      break;
    }
  }
  out += '\'';
  for (const char c : text) {
    if (c == '\'') {
      out += "''";
    } else if (needs_escape(static_cast<unsigned char>(c))) {
      append_escaped(out, c);
    } else {
      out += c;
    }
  }
  out += '\'';
}

std::string quote_identifier(std::string_view name) {
  std::string out;
  append_identifier(out, name);
  return out;
}

std::string quote_name(std::string_view schema, std::string_view name) {
  std::string out;
  if (!schema.empty()) {
    append_identifier(out, schema);
    out += '.';
  }
  append_identifier(out, name);
  return out;
}

std::string quote_literal(std::string_view text) {
  std::string out;
  append_literal(out, text);
  return out;
}

}  // namespace pg2crdb
