#include "rows/printed_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "rows/array_text.h"
#include "rows/hstore.h"
#include "rows/printed_forms.h"
#include "support/ascii.h"

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

/// Whole numbers, with a blank between them.
std::optional<std::string> printed_numbers(std::string_view text) {
  std::string printed;
  size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    at = static_cast<size_t>(end - text.data());
    if (at < text.size() && !is_blank(text[at])) return std::nullopt;
    printed += (printed.empty() ? "" : " ") + std::to_string(value);
  }
  return printed;
}

/// `(0,1)`: a block and a place in it.
std::optional<std::string> printed_place(std::string_view text) {
  const bool is_plain = text.size() > 4 && text.front() == '(' && text.back() == ')' &&
                        text.find_first_not_of("0123456789,", 1) == text.size() - 1;
  return as_it_is(text, is_plain);
}

std::optional<std::string> printed_array(std::string_view element, std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  if (element == "box") return std::nullopt;  // it has semicolons
  std::string printed;
  const bool is_read = read_array(text, [&](ArrayPiece piece, std::string_view value) {
    if (piece == ArrayPiece::null) {
      printed += "NULL";
    } else if (piece != ArrayPiece::element) {
      printed += value;
    } else if (const std::optional<std::string> one = printed_value(element, value)) {
      append_array_element(printed, *one);
    } else {
      return false;
    }
    return true;
  });
  if (!is_read) return std::nullopt;
  return printed;
}

}  // namespace

bool prints_in_one_form(std::string_view type) {
  if (type.ends_with("[]")) return type != "box[]" && prints_in_one_form(type.substr(0, type.size() - 2));
  return is_mac_address(type) || is_shape(type) || type == "cidr" || type == "hstore" || type == "xml" ||
         type.ends_with("range");
}

std::optional<std::string> printed_value(std::string_view type, std::string_view text) {
  if (type.ends_with("[]")) return printed_array(type.substr(0, type.size() - 2), text);
  if (is_mac_address(type)) return printed_mac_address(type, text);
  if (is_shape(type)) return printed_shape(type, text);
  if (type == "cidr") return printed_network(text);
  if (type == "hstore") return canonical_hstore(text);
  if (type == "xml") return printed_xml(text);
  if (type.ends_with("multirange")) return printed_multirange(type, text);
  if (type.ends_with("range")) return printed_range(type, text);
  if (type == "int2vector" || type == "oidvector") return printed_numbers(text);
  if (type == "tid") return printed_place(text);
  if (type == "xid" || type == "xid8" || type == "cid")
    return as_it_is(
        text, text == "0" || (!text.empty() && text.front() != '0' && std::ranges::all_of(text, is_digit)));
  // A book's number has hyphens in places that a table tells, and short ones are printed for some.
  if (type == "isbn") return as_it_is(text, text.find('-') != std::string_view::npos);
  constexpr std::array plain_without_blanks = {"halfvec"sv, "sparsevec"sv, "ltxtquery"sv};
  if (std::ranges::find(plain_without_blanks, type) != plain_without_blanks.end())
    return as_it_is(text, std::ranges::none_of(text, is_blank));
  if (type == "seg") return as_it_is(text, text.find_first_not_of("0123456789.- ") == std::string_view::npos);
  return std::string(text);
}

}  // namespace pg2crdb
