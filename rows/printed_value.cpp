#include "rows/printed_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "rows/array_text.h"
#include "rows/hstore.h"
#include "rows/printed_forms.h"
#include "rows/record_text.h"
#include "support/ascii.h"
#include "support/name_size.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr std::array shapes = {"box"sv,  "circle"sv, "cube"sv,  "line"sv,
                               "lseg"sv, "path"sv,   "point"sv, "polygon"sv};

bool is_shape(std::string_view type) {
  return std::ranges::find(shapes, type) != shapes.end();
}

bool is_mac_address(std::string_view type) {
  return type == "macaddr" || type == "macaddr8";
}

/// A book, a journal, music: those that the extension isn has.
bool is_numbered(std::string_view type) {
  constexpr std::array all = {"ean13"sv, "isbn"sv, "isbn13"sv, "ismn"sv, "ismn13"sv, "issn"sv, "issn13"sv};
  return std::ranges::find(all, type) != all.end();
}

std::optional<std::string> as_it_is(std::string_view text, bool is_known) {
  return is_known ? std::optional<std::string>(text) : std::nullopt;
}

/// A declaration of another version than 1.0, as it is printed: without an encoding.
bool is_printed_declaration(std::string_view text) {
  constexpr std::string_view begin = "<?xml version=\"";
  if (!text.starts_with(begin)) return false;
  text.remove_prefix(begin.size());
  const size_t quote = text.find('"');
  if (quote == std::string_view::npos || text.substr(0, quote) == "1.0") return false;
  text.remove_prefix(quote + 1);
  return text.starts_with("?>") || text.starts_with(" standalone=\"yes\"?>") ||
         text.starts_with(" standalone=\"no\"?>");
}

/// `<?xml version="1.0" encoding="UTF-8"?>` is not printed, with one line end behind it.
std::optional<std::string> printed_xml(std::string_view text) {
  constexpr std::string_view begin = "<?xml version=\"1.0\"", other = "<?xml version='1.0'";
  if (!text.starts_with("<?xml") || text.starts_with("<?xml-")) return std::string(text);
  if (is_printed_declaration(text)) return std::string(text);
  if (!text.starts_with(begin) && !text.starts_with(other)) return std::nullopt;
  std::string_view rest = text.substr(begin.size());
  const size_t end = rest.find("?>");
  const std::string_view said = rest.substr(0, std::min(end, rest.size()));
  constexpr std::array printed = {" standalone=\"yes\""sv, " standalone=\"no\""sv};
  if (std::ranges::find(printed, said) != printed.end()) return std::string(text);
  if (end == std::string_view::npos || said.find("standalone") != std::string_view::npos) return std::nullopt;
  rest.remove_prefix(end + 2);
  if (rest.starts_with('\n')) rest.remove_prefix(1);
  return std::string(rest);
}

/// Whole numbers, with a blank between them; those of objects have no sign.
std::optional<std::string> printed_numbers(std::string_view text, bool may_be_negative) {
  std::string printed;
  size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (error != std::errc() || (value < 0 && !may_be_negative)) return std::nullopt;
    at = static_cast<size_t>(end - text.data());
    if (at < text.size() && !is_blank(text[at])) return std::nullopt;
    printed += (printed.empty() ? "" : " ") + std::to_string(value);
  }
  return printed;
}

/// Digits as they are printed, without zeros before them, which the reader takes for another base.
bool is_printed_number(std::string_view text) {
  return text == "0" || (!text.empty() && text.front() != '0' && std::ranges::all_of(text, is_digit));
}

/// `(0,1)`: a block and a place in it.
std::optional<std::string> printed_place(std::string_view text) {
  const bool is_plain = text.size() > 4 && text.front() == '(' && text.back() == ')';
  if (!is_plain) return std::nullopt;
  const std::string_view inner = text.substr(1, text.size() - 2);
  const size_t comma = std::min(inner.find(','), inner.size() - 1);
  return as_it_is(text,
                  is_printed_number(inner.substr(0, comma)) && is_printed_number(inner.substr(comma + 1)));
}

/// `10:20:10,14`: transactions between two.
bool is_printed_snapshot(std::string_view text) {
  for (int colon = 0; colon < 2; ++colon) {
    const size_t end = text.find(':');
    if (end == std::string_view::npos || !is_printed_number(text.substr(0, end))) return false;
    text.remove_prefix(end + 1);
  }
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    if (!is_printed_number(text.substr(0, end)) || end + 1 == text.size()) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

/// A number of a seg as it is printed, with the digits that it was written with: `1.50`, `1.2e1` of 12, and
/// from 100000 on or below 0.0001 `1.5e+06`.
bool is_printed_measure(std::string_view text) {
  if (text.starts_with('<') || text.starts_with('>') || text.starts_with('~')) text.remove_prefix(1);
  if (text.starts_with('-')) text.remove_prefix(1);
  const size_t exponent = std::min(text.find('e'), text.size());
  const std::string_view number = text.substr(0, exponent);
  const size_t point = std::min(number.find('.'), number.size());
  const std::string_view whole = number.substr(0, point);
  const std::string_view fraction = number.substr(std::min(point + 1, number.size()));
  const bool is_number = is_printed_number(whole) && std::ranges::all_of(fraction, is_digit) &&
                         (point == number.size() || !fraction.empty());
  constexpr size_t most = 5;
  if (exponent < text.size()) {
    const std::string_view power = text.substr(exponent + 1);
    const bool is_small = power.size() == 1 && power[0] > '0' && power[0] < '0' + static_cast<char>(most);
    const bool is_large = power.size() > 2 && (power[0] == '-' || power[0] == '+') &&
                          std::ranges::all_of(power.substr(1), is_digit);
    return is_number && whole.size() == 1 && (is_small || is_large);
  }
  const size_t first = fraction.find_first_not_of('0');
  return is_number && whole.size() <= most && (whole.size() == 1 || !fraction.empty()) &&
         (whole != "0" || first == std::string_view::npos || first < most - 1);
}

/// `1.5 .. 2`, with one end left out, or a number alone.
std::optional<std::string> printed_interval(std::string_view text) {
  const size_t dots = text.find("..");
  if (dots == std::string_view::npos) return as_it_is(text, is_printed_measure(text));
  std::string_view lower = text.substr(0, dots), upper = text.substr(dots + 2);
  while (!lower.empty() && is_blank(lower.back())) lower.remove_suffix(1);
  while (!upper.empty() && is_blank(upper.front())) upper.remove_prefix(1);
  if ((lower.empty() && upper.empty()) || lower == upper) return std::nullopt;
  if ((!lower.empty() && !is_printed_measure(lower)) || (!upper.empty() && !is_printed_measure(upper)))
    return std::nullopt;
  return std::string(lower) + (lower.empty() ? ".." : " ..") + (upper.empty() ? "" : " ") +
         std::string(upper);
}

/// Of `(macaddr,int4range)`, the types between the commas that are no type's own.
std::vector<std::string_view> types_of_fields(std::string_view type) {
  std::vector<std::string_view> types;
  size_t depth = 0, begin = 1;
  for (size_t at = 1; at < type.size(); ++at) {
    if (type[at] == '(') ++depth;
    if (depth == 0 && (type[at] == ',' || type[at] == ')')) {
      types.push_back(type.substr(begin, at - begin));
      begin = at + 1;
    } else if (type[at] == ')') {
      --depth;
    }
  }
  return types;
}

std::optional<std::string> printed_record(std::string_view type, std::string_view text) {
  const std::vector<std::string_view> types = types_of_fields(type);
  std::string printed;
  size_t count = 0;
  const bool is_read = read_record(text, [&](std::optional<std::string_view> value) {
    if (count == types.size()) return false;
    printed += count == 0 ? '(' : ',';
    const std::string_view of = types[count++];
    if (!value) return true;
    const std::optional<std::string> one = printed_value(of, *value);
    if (one) append_record_field(printed, *one);
    return one.has_value();
  });
  if (!is_read || count != types.size()) return std::nullopt;
  return printed + ')';
}

std::optional<std::string> printed_array(std::string_view element, std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const char delimiter = element == "box" ? ';' : ',';
  std::string printed;
  const auto append = [&](ArrayPiece piece, std::string_view value) {
    if (piece == ArrayPiece::null) {
      printed += "NULL";
    } else if (piece != ArrayPiece::element) {
      printed += value;
    } else if (const std::optional<std::string> one = printed_value(element, value)) {
      append_array_element(printed, *one, delimiter);
    } else {
      return false;
    }
    return true;
  };
  const bool is_read = read_array(text, append, delimiter);
  if (!is_read) return std::nullopt;
  return printed;
}

}  // namespace

bool prints_in_one_form(std::string_view type) {
  if (type.ends_with("[]")) return prints_in_one_form(type.substr(0, type.size() - 2));
  if (type.starts_with('(')) return std::ranges::any_of(types_of_fields(type), prints_in_one_form);
  constexpr std::array others = {
      "cid"sv, "cidr"sv, "hstore"sv,        "int2vector"sv, "name"sv, "oidvector"sv, "pg_snapshot"sv,
      "seg"sv, "tid"sv,  "txid_snapshot"sv, "xid"sv,        "xid8"sv, "xml"sv};
  return is_mac_address(type) || is_shape(type) || is_numbered(type) || type.ends_with("range") ||
         std::ranges::find(others, type) != others.end();
}

std::optional<std::string> printed_value(std::string_view type, std::string_view text) {
  if (type.ends_with("[]")) return printed_array(type.substr(0, type.size() - 2), text);
  if (type.starts_with('(')) return printed_record(type, text);
  if (is_mac_address(type)) return printed_mac_address(type, text);
  if (is_shape(type)) return printed_shape(type, text);
  if (type == "cidr") return printed_network(text);
  if (type == "hstore") return canonical_hstore(text);
  if (type == "xml") return printed_xml(text);
  if (type == "name") return std::string(clipped_name(text));
  if (type.ends_with("multirange")) return printed_multirange(type, text);
  if (type.ends_with("range")) return printed_range(type, text);
  if (type == "int2vector" || type == "oidvector") return printed_numbers(text, type == "int2vector");
  if (type == "tid") return printed_place(text);
  if (type == "xid" || type == "xid8" || type == "cid") return as_it_is(text, is_printed_number(text));
  if (type == "txid_snapshot" || type == "pg_snapshot") return as_it_is(text, is_printed_snapshot(text));
  // A book's number has hyphens in places that a table tells, and short ones are printed for some.
  if (is_numbered(type)) return as_it_is(text, text.find('-') != std::string_view::npos);
  if (type == "upc") return as_it_is(text, text.size() == 12 && std::ranges::all_of(text, is_digit));
  constexpr std::array plain_without_blanks = {"halfvec"sv, "sparsevec"sv, "ltxtquery"sv};
  if (std::ranges::find(plain_without_blanks, type) != plain_without_blanks.end())
    return as_it_is(text, std::ranges::none_of(text, is_blank));
  if (type == "seg") return printed_interval(text);
  return std::string(text);
}

}  // namespace pg2crdb
