#include "rows/conversion.h"

// As in support/sha256.cpp.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "rows/hstore.h"
#include "rows/printed_value.h"
#include "support/ascii.h"
#include "support/hex.h"
#include "support/result.h"

namespace pg2crdb {
namespace {

// bba4c3ef-20fa-4187-96b3-bff076784c98, made once for this project. To change it is to change every key ever
// loaded.
constexpr std::array<unsigned char, 16> project_namespace = {0xbb, 0xa4, 0xc3, 0xef, 0x20, 0xfa, 0x41, 0x87,
                                                             0x96, 0xb3, 0xbf, 0xf0, 0x76, 0x78, 0x4c, 0x98};

std::array<unsigned char, SHA_DIGEST_LENGTH> sha1_of(std::string_view first, std::string_view second) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest = {};
  SHA_CTX context = {};
  SHA1_Init(&context);
  SHA1_Update(&context, project_namespace.data(), project_namespace.size());
  SHA1_Update(&context, first.data(), first.size());
  SHA1_Update(&context, ":", 1);
  SHA1_Update(&context, second.data(), second.size());
  SHA1_Final(digest.data(), &context);
  return digest;
}

// As PostgreSQL prints integers: one value must not have two names.
bool is_integer(std::string_view text) {
  if (text == "0") return true;
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.front() != '0' && std::all_of(text.begin(), text.end(), is_digit);
}

// "$1,234.50", "-$3.00", "($3.00)". False of other forms. Where `lc_monetary` has a comma for the point,
// "$12,50" is twelve and a half, and "$1.234" a thousand: of a comma three digits are asked, of a point two
// at the most.
bool money_to_decimal(std::string_view text, std::string& out) {
  out.clear();
  bool negative = false;
  if (text.starts_with('(') && text.ends_with(')')) {
    negative = true;
    text = text.substr(1, text.size() - 2);
  } else if (text.starts_with('-')) {
    negative = true;
    text.remove_prefix(1);
  }
  if (text.starts_with('$')) text.remove_prefix(1);
  if (negative) out += '-';
  const size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  const auto are_digits = [](std::string_view digits) {
    return !digits.empty() && std::ranges::all_of(digits, is_digit);
  };
  for (bool is_first = true; true; is_first = false) {
    const size_t comma = whole.find(',');
    const std::string_view group = whole.substr(0, comma);
    const bool is_only = is_first && comma == std::string_view::npos;
    if (!are_digits(group) || (!is_only && (is_first ? group.size() > 3 : group.size() != 3))) return false;
    out += group;
    if (comma == std::string_view::npos) break;
    whole.remove_prefix(comma + 1);
  }
  if (point == std::string_view::npos) return true;
  const std::string_view fraction = text.substr(point + 1);
  if (!are_digits(fraction) || fraction.size() > 2) return false;
  out += '.';
  out += fraction;
  return true;
}

/// As array_out() has it: `{$1.00,"$1,234.50",NULL}`, `[0:1]={...}`.
bool moneys_to_decimals(std::string_view text, std::string& out) {
  std::string decimal;
  std::string all;
  size_t i = text.starts_with('[') ? std::min(text.find('='), text.size() - 1) + 1 : 0;
  all += text.substr(0, i);
  while (i < text.size()) {
    if (text[i] == '{' || text[i] == '}' || text[i] == ',') {
      all += text[i++];
      continue;
    }
    const bool quoted = text[i] == '"';
    if (quoted) ++i;
    const size_t end = std::min(text.find_first_of(quoted ? "\"" : ",}", i), text.size());
    const std::string_view element = text.substr(i, end - i);
    i = std::min(end + (quoted ? 1 : 0), text.size());
    if (!quoted && element == "NULL") {
      all += element;
    } else if (money_to_decimal(element, decimal)) {
      all += decimal;
    } else {
      return false;
    }
  }
  out = all;
  return true;
}

/// Without a schema, and with one pair of brackets whatever the number of dimensions.
std::string printed_name(std::string_view source_type) {
  const size_t bracket = std::min(source_type.find('['), source_type.size());
  std::string_view name = source_type.substr(0, bracket);
  name = name.substr(name.rfind('.') + 1);
  return std::string(name) + (bracket < source_type.size() ? "[]" : "");
}

}  // namespace

bool goes_as_it_is(const LoadPlan::Column& column) {
  return column.conversion == LoadPlan::Conversion::none && !goes_as_printed(column);
}

bool goes_as_printed(const LoadPlan::Column& column) {
  if (column.conversion != LoadPlan::Conversion::none) return false;
  const bool may_be_network = column.target_type.starts_with("INET");
  const bool may_be_name = column.target_type.starts_with("NAME");
  if (!(column.target_type.starts_with("TEXT") || may_be_network || may_be_name)) return false;
  const std::string name = printed_name(column.source_type);
  if ((may_be_network && !name.starts_with("cidr")) || (may_be_name && !name.starts_with("name")))
    return false;
  const size_t point =
      column.source_type.rfind('.', std::min(column.source_type.find('['), column.source_type.size()));
  const std::string_view schema =
      std::string_view(column.source_type).substr(0, point == std::string::npos ? 0 : point);
  const bool is_of_extension = name.starts_with("hstore") || name.starts_with("cube");
  return (schema.empty() || schema == "pg_catalog" || is_of_extension) && prints_in_one_form(name);
}

bool convert(const LoadPlan::Column& column, Field& field, std::string& scratch) {
  if (field.null) return true;
  switch (column.conversion) {
    case LoadPlan::Conversion::none: {
      if (!goes_as_printed(column)) return true;
      std::optional<std::string> printed = printed_value(printed_name(column.source_type), field.text);
      if (!printed) return false;
      scratch = std::move(*printed);
      break;
    }
    case LoadPlan::Conversion::trim_blanks: {
      const size_t last = field.text.find_last_not_of(' ');
      field.text = field.text.substr(0, last == std::string_view::npos ? 0 : last + 1);
      return true;
    }
    case LoadPlan::Conversion::uuid_of_key:
      if (!is_integer(field.text)) return false;
      scratch = uuid_of_key(column.namespace_, field.text);
      break;
    case LoadPlan::Conversion::money_to_decimal:
      if (field.text.starts_with('{') || field.text.starts_with('[')) {
        if (!moneys_to_decimals(field.text, scratch)) return false;
      } else if (!money_to_decimal(field.text, scratch)) {
        return false;
      }
      break;
    case LoadPlan::Conversion::hstore_to_json:
      scratch.clear();
      if (!append_hstore_as_json(scratch, field.text)) return false;
      break;
  }
  field.text = scratch;
  return true;
}

std::string uuid_of_key(std::string_view key_namespace, std::string_view value) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest = sha1_of(key_namespace, value);
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0FU) | 0x50U);
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3FU) | 0x80U);
  std::string uuid;
  uuid.reserve(36);
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
    append_hex(uuid, digest[i]);
  }
  return uuid;
}

}  // namespace pg2crdb
