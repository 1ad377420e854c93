#include "rows/canonical.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <utility>

#include "rows/array_text.h"
#include "rows/canonical_forms.h"
#include "support/ascii.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

bool append_bytea(std::string& out, std::string_view text) {
  if (text.starts_with("\\x")) {
    if (text.size() % 2 != 0) return false;
    for (const char c : text.substr(2)) {
      if (hex_digit(c) < 0) return false;
    }
    out += lower(text);
    return true;
  }
  out += "\\x";
  const auto octal = [&](size_t at, char most) { return text[at] >= '0' && text[at] <= most; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      append_hex(out, static_cast<unsigned char>(text[i]));
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      append_hex(out, '\\');
      ++i;
    } else if (i + 3 < text.size() && octal(i + 1, '3') && octal(i + 2, '7') && octal(i + 3, '7')) {
      append_hex(out, static_cast<unsigned char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                                 (text[i + 3] - '0')));
      i += 3;
    } else {
      return false;
    }
  }
  return true;
}

bool append_boolean(std::string& out, std::string_view text) {
  if (equals_word(text, "t") || equals_word(text, "true")) {
    out += 't';
  } else if (equals_word(text, "f") || equals_word(text, "false")) {
    out += 'f';
  } else {
    return false;
  }
  return true;
}

bool append_inet(std::string& out, std::string_view text) {
  const size_t slash = text.find('/');
  const std::string address(text.substr(0, slash));
  const std::string_view mask = slash == std::string_view::npos ? std::string_view() : text.substr(slash);
  if (address.find(':') == std::string::npos) {
    out += mask == "/32" ? std::string_view(address) : text;
    return true;
  }
  in6_addr bytes{};
  std::array<char, INET6_ADDRSTRLEN> printed{};
  if (inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return false;
  if (address.size() != std::strlen(address.c_str())) return false;
  out += inet_ntop(AF_INET6, &bytes, printed.data(), printed.size());
  if (mask != "/128") out += mask;
  return true;
}

bool append_upper_hex(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (hex_digit(c) < 0) return false;
    out += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return true;
}

/// As array_out() writes an element.
void append_array_element(std::string& out, std::string_view value) {
  const bool quote =
      value.empty() || equals_word(value, "null") || std::any_of(value.begin(), value.end(), [](char c) {
        return c == '"' || c == '\\' || c == '{' || c == '}' || c == ',' || is_blank(c);
      });
  if (!quote) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

/// Each element in its own form; inner arrays stay inner arrays.
bool append_array(std::string& out, const CanonicalType& array, std::string_view text) {
  const CanonicalType element{array.element, CanonicalForm::text, array.fields};
  std::string canonical;
  return read_array(text, [&](ArrayPiece piece, std::string_view value) {
    if (piece == ArrayPiece::element) {
      canonical.clear();
      append_canonical(canonical, element, value);
      append_array_element(out, canonical);
    } else {
      out += piece == ArrayPiece::null ? "NULL" : value;
    }
    return true;
  });
}

bool append_form(std::string& out, const CanonicalType& type, std::string_view text) {
  switch (type.form) {
    case CanonicalForm::text:
      return false;
    case CanonicalForm::blank_padded:
      out += text.substr(0, text.find_last_not_of(' ') + 1);
      return true;
    case CanonicalForm::number:
      return append_number(out, text);
    case CanonicalForm::float4:
      return append_float4(out, text);
    case CanonicalForm::float8:
      return append_float8(out, text);
    case CanonicalForm::json:
      return append_json(out, text);
    case CanonicalForm::timestamptz:
      return !plain_timestamp(text, true) && append_timestamp(out, text, true);
    case CanonicalForm::timestamp:
      return !plain_timestamp(text, false) && append_timestamp(out, text, false);
    case CanonicalForm::time:
      return append_time(out, text, false);
    case CanonicalForm::timetz:
      return append_time(out, text, true);
    case CanonicalForm::interval:
      return append_interval(out, text);
    case CanonicalForm::bytea:
      return append_bytea(out, text);
    case CanonicalForm::boolean:
      return append_boolean(out, text);
    case CanonicalForm::inet:
      return append_inet(out, text);
    case CanonicalForm::hex:
      return append_upper_hex(out, text);
    case CanonicalForm::array:
      return append_array(out, type, text);
    case CanonicalForm::composite:
      return append_composite(out, type.fields, text);
  }
  return false;
}

CanonicalForm scalar_form(std::string_view name) {
  using enum CanonicalForm;
  static constexpr std::array<std::pair<std::string_view, CanonicalForm>, 34> forms = {{
      {"character", blank_padded},
      {"char", blank_padded},
      {"bpchar", blank_padded},
      {"numeric", number},
      {"decimal", number},
      {"dec", number},
      {"real", float4},
      {"float4", float4},
      {"double precision", float8},
      {"float8", float8},
      {"float", float8},
      {"json", json},
      {"jsonb", json},
      {"timestamp with time zone", timestamptz},
      {"timestamptz", timestamptz},
      {"timestamp", timestamp},
      {"timestamp without time zone", timestamp},
      {"time", time},
      {"time without time zone", time},
      {"time with time zone", timetz},
      {"timetz", timetz},
      {"bytea", bytea},
      {"bytes", bytea},
      {"blob", bytea},
      {"boolean", boolean},
      {"bool", boolean},
      {"inet", inet},
      {"cidr", inet},
      {"geometry", hex},
      {"geography", hex},
      {"public.geometry", hex},
      {"public.geography", hex},
      {"extensions.geometry", hex},
      {"extensions.geography", hex},
  }};
  for (const auto& [word, form] : forms) {
    if (word == name) return form;
  }
  return name == "interval" || name.starts_with("interval ") ? interval : text;
}

}  // namespace

CanonicalType canonical_type(std::string_view postgresql_type) {
  // Lower case, without modifiers: "numeric(10,2)[]" to "numeric" and an array.
  std::string name;
  int parentheses = 0;
  bool array = false;
  for (const char c : postgresql_type) {
    if (c == '(') ++parentheses;
    if (c == '[') array = true;
    if (parentheses == 0 && !array) name += lower(c);
    if (c == ')') --parentheses;
  }
  if (const size_t collate = name.find(" collate "); collate != std::string::npos) name.resize(collate);
  if (name.starts_with("pg_catalog.")) name.erase(0, std::strlen("pg_catalog."));
  while (name.ends_with(' ')) name.pop_back();
  const CanonicalForm form = scalar_form(name);
  return array ? CanonicalType{CanonicalForm::array, form} : CanonicalType{form, CanonicalForm::text};
}

void append_canonical(std::string& out, const CanonicalType& type, std::string_view text) {
  const size_t begin = out.size();
  if (append_form(out, type, text)) return;
  out.resize(begin);
  out += text;
}

}  // namespace pg2crdb
