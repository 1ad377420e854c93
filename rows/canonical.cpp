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
  const CanonicalType element{array.element, CanonicalForm::text, array.fields, array.digits};
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
    case CanonicalForm::integer:
      return append_integer(out, text);
    case CanonicalForm::number:
      return append_number(out, text);
    case CanonicalForm::float4:
      return append_float4(out, text);
    case CanonicalForm::float8:
      return append_float8(out, text);
    case CanonicalForm::json:
      return append_json(out, text);
    case CanonicalForm::date:
      return append_written_date(out, text);
    case CanonicalForm::timestamptz:
      return !plain_timestamp(text, true, type.digits) && append_timestamp(out, text, true, type.digits);
    case CanonicalForm::timestamp:
      return !plain_timestamp(text, false, type.digits) && append_timestamp(out, text, false, type.digits);
    case CanonicalForm::time:
      return append_time(out, text, false, type.digits);
    case CanonicalForm::timetz:
      return append_time(out, text, true, type.digits);
    case CanonicalForm::interval:
      return append_interval(out, text, type.digits);
    case CanonicalForm::uuid:
      return append_uuid(out, text);
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
  static constexpr std::array<std::pair<std::string_view, CanonicalForm>, 43> forms = {{
      {"integer", integer},
      {"int", integer},
      {"bigint", integer},
      {"smallint", integer},
      {"int2", integer},
      {"int4", integer},
      {"int8", integer},
      {"date", date},
      {"uuid", uuid},
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
  std::string modifier;
  int parentheses = 0;
  bool array = false;
  for (const char c : postgresql_type) {
    if (c == '(') ++parentheses;
    if (c == '[') array = true;
    if (parentheses == 0 && !array) name += lower(c);
    if (parentheses > 0 && is_digit(c)) modifier += c;
    if (c == ')') --parentheses;
  }
  if (const size_t collate = name.find(" collate "); collate != std::string::npos) name.resize(collate);
  if (name.starts_with("pg_catalog.")) name.erase(0, std::strlen("pg_catalog."));
  while (name.ends_with(' ')) name.pop_back();
  const CanonicalForm form = scalar_form(name);
  CanonicalType type =
      array ? CanonicalType{CanonicalForm::array, form} : CanonicalType{form, CanonicalForm::text};
  if (modifier.size() == 1 && modifier[0] < '6') type.digits = modifier[0] - '0';
  return type;
}

void append_canonical(std::string& out, const CanonicalType& type, std::string_view text) {
  const size_t begin = out.size();
  if (append_form(out, type, text)) return;
  out.resize(begin);
  out += text;
}

}  // namespace pg2crdb
