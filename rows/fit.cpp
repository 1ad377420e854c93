#include "rows/fit.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "rows/array_text.h"
#include "rows/number.h"
#include "support/ascii.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<size_t> whole_number(std::string_view text) {
  text = trimmed(text);
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Fit::Fit(std::string_view target_type) {
  array_ = target_type.ends_with("[]");
  if (array_) target_type.remove_suffix(2);
  if (target_type == "\"char\"") {
    kind_ = Kind::byte;
    return;
  }
  const size_t open = std::min(target_type.find('('), target_type.size());
  const std::string name = lower(trimmed(target_type.substr(0, open)));
  std::string_view arguments;
  if (open < target_type.size()) {
    if (!target_type.ends_with(')')) return;
    arguments = target_type.substr(open + 1, target_type.size() - open - 2);
  } else if (name == "char" || name == "character" || name == "bit") {
    arguments = "1";
  }
  const size_t comma = std::min(arguments.find(','), arguments.size());
  const std::optional<size_t> size = whole_number(arguments.substr(0, comma));
  if (!size || *size == 0) return;
  size_ = *size;
  if (name == "decimal" || name == "numeric" || name == "dec") {
    const std::optional<size_t> scale =
        comma == arguments.size() ? std::optional<size_t>(0) : whole_number(arguments.substr(comma + 1));
    if (!scale || *scale > size_) return;
    scale_ = *scale;
    kind_ = Kind::digits;
  } else if (comma < arguments.size()) {
    return;
  } else if (name == "varchar" || name == "character varying" || name == "char" || name == "character" ||
             name == "bpchar" || name == "string" || name == "text") {
    kind_ = Kind::characters;
  } else if (name == "bit") {
    kind_ = Kind::bits;
  } else if (name == "varbit" || name == "bit varying") {
    kind_ = Kind::bits_at_most;
  }
}

bool Fit::takes(std::string_view value) const {
  if (!array_ || kind_ == Kind::any) return takes_one(value);
  bool fits = true;
  // What is no array is for the target to refuse.
  read_array(value, [&](ArrayPiece piece, std::string_view text) {
    fits = piece != ArrayPiece::element || takes_one(text);
    return fits;
  });
  return fits;
}

bool Fit::takes_one(std::string_view value) const {
  switch (kind_) {
    case Kind::any:
      return true;
    case Kind::byte:
      return value.size() <= 1;
    case Kind::characters:
      return value.size() <= size_ || count_characters(value) <= size_;
    case Kind::bits:
      return value.size() == size_;
    case Kind::bits_at_most:
      return value.size() <= size_;
    case Kind::digits:
      break;
  }
  return takes_digits(value);
}

bool Fit::takes_digits(std::string_view value) const {
  std::optional<std::string> printed;
  if (value.find_first_of("eE") != std::string_view::npos) {
    printed = printed_number(value);
    if (printed) value = *printed;
  }
  if (value.starts_with('-') || value.starts_with('+')) value.remove_prefix(1);
  const size_t point = std::min(value.find('.'), value.size());
  std::string_view whole = value.substr(0, point);
  std::string_view fraction = value.substr(std::min(point + 1, value.size()));
  // What is no number is for the target to refuse, NaN is one that always fits.
  if (!std::all_of(whole.begin(), whole.end(), is_digit) ||
      !std::all_of(fraction.begin(), fraction.end(), is_digit))
    return true;
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  return whole.size() <= size_ - scale_ && fraction.size() <= scale_;
}

}  // namespace pg2crdb
