// The values of an INSERT's rows.
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "rows/array_text.h"
#include "rows/canonical_forms.h"
#include "rows/insert.h"
#include "rows/number.h"
#include "support/ascii.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | (c >> 6U));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0U | (c >> 12U));
    out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  } else {
    out += static_cast<char>(0xF0U | (c >> 18U));
    out += static_cast<char>(0x80U | ((c >> 12U) & 0x3FU));
    out += static_cast<char>(0x80U | ((c >> 6U) & 0x3FU));
    out += static_cast<char>(0x80U | (c & 0x3FU));
  }
}

}  // namespace

// A value with its casts, and what it is joined to.
bool InsertReader::read_value(std::vector<Field>& fields, Kind& kind) {
  if (!read_operand(fields, kind)) return false;
  while (skip_blanks(), peek() == '|' && peek(1) == '|') {
    if (kind != Kind::text) return false;
    position_ += 2;
    Kind joined = Kind::other;
    if (!read_operand(fields, joined) || joined != Kind::text) return false;
    const std::string second = take_last(fields);
    push_decoded(fields, take_last(fields) + second);
  }
  return true;
}

bool InsertReader::read_operand(std::vector<Field>& fields, Kind& kind) {
  skip_blanks();
  if (depth_ == 0) piece_ = position_;
  return read_literal(fields, kind) && read_casts(fields, kind);
}

bool InsertReader::read_literal(std::vector<Field>& fields, Kind& kind) {
  const char c = peek();
  kind = Kind::text;
  if (c == '\'') return read_string(fields);
  if (c == '$') return read_dollars(fields);
  if (is_digit(c) || c == '-' || c == '+' || c == '.') {
    kind = Kind::number;
    return read_numbers(fields);
  }
  if (c == '(') return read_parentheses(fields, kind);
  if (lower(c) == 'u' && peek(1) == '&' && peek(2) == '\'') return read_unicode(fields);
  if (peek(1) == '\'') {
    if (lower(c) == 'b' || lower(c) == 'x') {
      kind = Kind::bits;
      return read_bits(fields);
    }
    ++position_;
    if (lower(c) == 'e') return read_escapes(fields);
    kind = Kind::other;
    return lower(c) == 'n' && read_string(fields) && trim_blanks(fields);
  }
  if (accept_word("chr")) return read_character(fields);
  if (accept_word("null")) {
    kind = Kind::null;
    fields.push_back({{}, true});
    return true;
  }
  if (accept_word("default")) {
    kind = Kind::default_word;
    defaults_.push_back(fields.size());
    fields.push_back({{}, true});
    return depth_ == 0 && !in_array_;
  }
  for (const std::string_view word : {"true", "false"}) {
    if (!accept_word(word)) continue;
    kind = Kind::boolean;
    fields.push_back({word, false});
    return true;
  }
  if (accept_word("cast")) return read_cast_call(fields, kind);
  if (!in_array_ && accept_word("array")) {
    kind = Kind::other;
    return read_array(fields);
  }
  return read_typed(fields, kind);
}

// Numbers alone, or computed with.
bool InsertReader::read_numbers(std::vector<Field>& fields) {
  const size_t begin = position_;
  const size_t fractions = fractions_.size();
  if (!read_number(fields)) {
    position_ = begin;
    return fractions_.size() == fractions && read_integers(fields);
  }
  skip_blanks();
  if (peek() != '+' && peek() != '-' && peek() != '*') return true;
  if (fractions_.size() != fractions) return false;
  take_last(fields);
  position_ = begin;
  return read_integers(fields);
}

bool InsertReader::read_parentheses(std::vector<Field>& fields, Kind& kind) {
  const size_t begin = position_;
  if (read_integers(fields)) {
    kind = Kind::number;
    return true;
  }
  position_ = begin + 1;
  if (++depth_ > deepest || !read_value(fields, kind)) return false;
  --depth_;
  return accept(')');
}

bool InsertReader::read_integers(std::vector<Field>& fields) {
  int64_t value = 0;
  if (!read_sum(value, 0)) return false;
  skip_blanks();
  if (peek() == '/' || peek() == '%' || peek() == '^' || peek() == '.' || in_name(peek())) return false;
  push_decoded(fields, std::to_string(value));
  return true;
}

bool InsertReader::read_sum(int64_t& value, int depth) {
  if (!read_product(value, depth)) return false;
  while (true) {
    const bool minus = accept('-');
    if (!minus && !accept('+')) return true;
    int64_t other = 0;
    if (!read_product(other, depth)) return false;
    const bool too_large =
        minus ? __builtin_sub_overflow(value, other, &value) : __builtin_add_overflow(value, other, &value);
    if (too_large) return false;
  }
}

bool InsertReader::read_product(int64_t& value, int depth) {
  if (!read_factor(value, depth)) return false;
  while (accept('*')) {
    int64_t other = 0;
    if (!read_factor(other, depth) || __builtin_mul_overflow(value, other, &value)) return false;
  }
  return true;
}

bool InsertReader::read_factor(int64_t& value, int depth) {
  if (depth > deepest) return false;
  if (accept('(')) return read_sum(value, depth + 1) && accept(')');
  if (accept('+')) return read_factor(value, depth + 1);
  if (accept('-')) return read_factor(value, depth + 1) && !__builtin_sub_overflow(int64_t{0}, value, &value);
  skip_blanks();
  const char* const end = sql_.data() + sql_.size();
  const auto [behind, error] = std::from_chars(sql_.data() + position_, end, value);
  if (error != std::errc() || peek() == '-') return false;
  position_ = static_cast<size_t>(behind - sql_.data());
  return !in_name(peek()) && peek() != '.';
}

bool InsertReader::read_number(std::vector<Field>& fields) {
  const bool negative = peek() == '-';
  if (negative || peek() == '+') {
    ++position_;
    skip_blanks();
  }
  const size_t begin = position_;
  size_t digits = 0;
  for (; is_digit(peek()); ++position_) ++digits;
  bool plain = digits <= 1 || sql_[begin] != '0';
  if (peek() == '.') {
    plain = plain && digits > 0 && is_digit(peek(1));
    fractions_.push_back(fields.size());
    for (++position_; is_digit(peek()); ++position_) ++digits;
  }
  if (digits == 0) return false;
  if (lower(peek()) == 'e') {
    plain = false;
    if (fractions_.empty() || fractions_.back() != fields.size()) fractions_.push_back(fields.size());
    ++position_;
    if (peek() == '-' || peek() == '+') ++position_;
    if (!is_digit(peek())) return false;
    while (is_digit(peek())) ++position_;
  }
  const std::string_view text = sql_.substr(begin, position_ - begin);
  if (in_name(peek()) || peek() == '.') return false;
  if (plain && !negative) {
    fields.push_back({text, false});
    return true;
  }
  const size_t scratch_begin = scratch_.size();
  if (negative) scratch_ += '-';
  scratch_ += text;
  if (const std::optional<std::string> printed =
          printed_number(std::string_view(scratch_).substr(scratch_begin)))
    scratch_.replace(scratch_begin, std::string::npos, *printed);
  if (std::string_view(scratch_).substr(scratch_begin) == "-0") negative_zeros_.push_back(fields.size());
  decoded_.push_back({fields.size(), scratch_begin, scratch_.size()});
  fields.push_back({});
  return true;
}

// Where a literal goes on in another line; npos where it ends here.
size_t InsertReader::next_piece() const {
  size_t at = position_;
  while (at < sql_.size() && is_blank(sql_[at])) ++at;
  const bool other_line = sql_.substr(position_, at - position_).find('\n') != std::string_view::npos;
  return other_line && at < sql_.size() && sql_[at] == '\'' ? at : std::string_view::npos;
}

bool InsertReader::read_string(std::vector<Field>& fields) {
  const size_t begin = ++position_;
  const size_t scratch_begin = scratch_.size();
  size_t from = begin;
  while (true) {
    const size_t quote = sql_.find('\'', position_);
    if (quote == std::string_view::npos) return false;
    position_ = quote + 1;
    const bool doubled = peek() == '\'';
    const size_t more = doubled ? position_ : next_piece();
    if (more == std::string_view::npos) break;
    scratch_.append(sql_, from, quote + (doubled ? 1 : 0) - from);
    from = position_ = more + 1;
  }
  if (from == begin) {
    fields.push_back({sql_.substr(begin, position_ - 1 - begin), false});
    return true;
  }
  scratch_.append(sql_, from, position_ - 1 - from);
  decoded_.push_back({fields.size(), scratch_begin, scratch_.size()});
  fields.push_back({});
  return true;
}

// N'x' is of type character: trailing blanks are none of its value.
bool InsertReader::trim_blanks(std::vector<Field>& fields) {
  if (!decoded_.empty() && decoded_.back().field + 1 == fields.size()) {
    Decoded& decoded = decoded_.back();
    while (decoded.end > decoded.begin && scratch_[decoded.end - 1] == ' ') --decoded.end;
  } else {
    std::string_view& text = fields.back().text;
    while (text.ends_with(' ')) text.remove_suffix(1);
  }
  return true;
}

bool InsertReader::read_bits(std::vector<Field>& fields) {
  const bool hexadecimal = lower(peek()) == 'x';
  position_ += 2;
  const size_t end = sql_.find('\'', position_);
  if (end == std::string_view::npos) return false;
  const size_t scratch_begin = scratch_.size();
  for (; position_ < end; ++position_) {
    const int digit = hex_digit(peek());
    if (digit < 0 || (!hexadecimal && digit > 1)) return false;
    for (int bit = hexadecimal ? 3 : 0; bit >= 0; --bit) scratch_ += ((digit >> bit) & 1) != 0 ? '1' : '0';
  }
  ++position_;
  decoded_.push_back({fields.size(), scratch_begin, scratch_.size()});
  fields.push_back({});
  return true;
}

// Of the digits that follow; halves of surrogate pairs come one after the other, the first as `high`.
bool InsertReader::read_code_point(size_t digits, uint32_t& high) {
  uint32_t value = 0;
  for (size_t i = 0; i < digits; ++i, ++position_) {
    const int digit = hex_digit(peek());
    if (digit < 0) return false;
    value = value * 16 + static_cast<uint32_t>(digit);
  }
  const bool is_high = value >= 0xD800 && value < 0xDC00;
  const bool is_low = value >= 0xDC00 && value < 0xE000;
  if (is_low != (high != 0) || value > 0x10FFFF || value == 0) return false;
  if (!is_high) append_utf8(scratch_, is_low ? 0x10000 + ((high - 0xD800) << 10U) + (value - 0xDC00) : value);
  high = is_high ? value : 0;
  return true;
}

bool InsertReader::read_escapes(std::vector<Field>& fields) {
  const size_t scratch_begin = scratch_.size();
  uint32_t high = 0;
  for (++position_; position_ < sql_.size();) {
    const char c = sql_[position_++];
    const bool code_point = c == '\\' && lower(peek()) == 'u';
    if (high != 0 && !code_point) return false;
    if (c == '\'' && peek() != '\'') {
      decoded_.push_back({fields.size(), scratch_begin, scratch_.size()});
      fields.push_back({});
      return next_piece() == std::string_view::npos;
    }
    if (c != '\\') {
      position_ += c == '\'' ? 1 : 0;
      scratch_ += c;
    } else if (position_ == sql_.size() || !read_escape(high)) {
      return false;
    }
  }
  return false;
}

// Behind the backslash.
bool InsertReader::read_escape(uint32_t& high) {
  constexpr std::string_view letters = "bfnrtv";
  constexpr std::string_view bytes = "\b\f\n\r\t\v";
  const char escaped = sql_[position_++];
  if (escaped == 'u' || escaped == 'U') return read_code_point(escaped == 'u' ? 4 : 8, high);
  const bool octal = escaped >= '0' && escaped <= '7';
  if (const size_t letter = letters.find(escaped); letter != std::string_view::npos) {
    scratch_ += bytes[letter];
  } else if (octal || (escaped == 'x' && hex_digit(peek()) >= 0)) {
    position_ -= octal ? 1 : 0;
    const int base = octal ? 8 : 16;
    unsigned value = 0;
    for (int i = 0; i < (octal ? 3 : 2) && hex_digit(peek()) >= 0 && hex_digit(peek()) < base;
         ++i, ++position_)
      value = value * static_cast<unsigned>(base) + static_cast<unsigned>(hex_digit(peek()));
    scratch_ += static_cast<char>(value & 0xFFU);
  } else {
    scratch_ += escaped;
  }
  return true;
}

// U&'d\0061t\+000061', with the backslash as its escape.
bool InsertReader::read_unicode(std::vector<Field>& fields) {
  const size_t scratch_begin = scratch_.size();
  uint32_t high = 0;
  for (position_ += 3; position_ < sql_.size();) {
    const char c = sql_[position_++];
    const bool doubled = peek() == c;
    if (high != 0 && (c != '\\' || doubled)) return false;
    if (c == '\'' && !doubled) {
      decoded_.push_back({fields.size(), scratch_begin, scratch_.size()});
      fields.push_back({});
      return next_piece() == std::string_view::npos && !accept_word("uescape");
    }
    if (c == '\\' && !doubled) {
      const bool long_form = peek() == '+';
      position_ += long_form ? 1 : 0;
      if (!read_code_point(long_form ? 6 : 4, high)) return false;
    } else {
      position_ += c == '\'' || c == '\\' ? 1 : 0;
      scratch_ += c;
    }
  }
  return false;
}

// Behind the first dollar sign's place.
bool InsertReader::read_dollars(std::vector<Field>& fields) {
  size_t tag_end = position_ + 1;
  while (tag_end < sql_.size() && sql_[tag_end] != '$' && in_name(sql_[tag_end])) ++tag_end;
  if (tag_end >= sql_.size() || sql_[tag_end] != '$' || is_digit(peek(1))) return false;
  const std::string_view tag = sql_.substr(position_, tag_end + 1 - position_);
  const size_t begin = tag_end + 1;
  const size_t end = sql_.find(tag, begin);
  if (end == std::string_view::npos) return false;
  fields.push_back({sql_.substr(begin, end - begin), false});
  position_ = end + tag.size();
  return true;
}

// Behind the word chr.
bool InsertReader::read_character(std::vector<Field>& fields) {
  int64_t value = 0;
  if (!accept('(') || !read_sum(value, 0) || !accept(')')) return false;
  if (value < 1 || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return false;
  std::string character;
  append_utf8(character, static_cast<uint32_t>(value));
  push_decoded(fields, character);
  return true;
}

void InsertReader::push_decoded(std::vector<Field>& fields, std::string_view text) {
  const size_t begin = scratch_.size();
  scratch_ += text;
  decoded_.push_back({fields.size(), begin, scratch_.size()});
  fields.push_back({});
}

std::string InsertReader::take_last(std::vector<Field>& fields) {
  std::string text(fields.back().text);
  if (!decoded_.empty() && decoded_.back().field + 1 == fields.size()) {
    text = scratch_.substr(decoded_.back().begin, decoded_.back().end - decoded_.back().begin);
    decoded_.pop_back();
  }
  fields.pop_back();
  return text;
}

std::string_view InsertReader::last_text(const std::vector<Field>& fields) const {
  if (decoded_.empty() || decoded_.back().field + 1 != fields.size()) return fields.back().text;
  return std::string_view(scratch_).substr(decoded_.back().begin,
                                           decoded_.back().end - decoded_.back().begin);
}

// Behind the word ARRAY.
bool InsertReader::read_array(std::vector<Field>& fields) {
  std::string array;
  in_array_ = true;
  const bool read = read_elements(fields, array);
  in_array_ = false;
  if (!read) return false;
  push_decoded(fields, array);
  return true;
}

bool InsertReader::read_elements(std::vector<Field>& fields, std::string& array) {
  if (!accept('[')) return false;
  array += '{';
  while (!accept(']')) {
    if (array.back() != '{' && !accept(',')) return false;
    if (array.back() != '{') array += ',';
    skip_blanks();
    const size_t fractions = fractions_.size();
    Kind kind = Kind::other;
    if (peek() == '[' || accept_word("array")) {
      if (!read_elements(fields, array)) return false;
    } else if (!read_value(fields, kind) || fractions_.size() != fractions) {
      return false;  // a fraction goes into arrays of integers, too, and is rounded there
    } else if (fields.back().null) {
      take_last(fields);
      array += "NULL";
    } else {
      append_array_element(array, take_last(fields));
    }
  }
  array += '}';
  return true;
}

}  // namespace pg2crdb
