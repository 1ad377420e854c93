#include "rows/insert.h"

#include <algorithm>
#include <array>

#include "rows/canonical_forms.h"
#include "rows/number.h"
#include "support/ascii.h"
#include "support/hex.h"
#include "support/name_size.h"

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

// Built-in types that keep a string as it is.
bool keeps_text(std::string_view type) {
  constexpr std::array<std::string_view, 5> types = {"text", "varchar", "json", "jsonb", "uuid"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

// Of a number: those that print it otherwise, as boolean does, are not.
bool is_number(std::string_view type) {
  constexpr std::array<std::string_view, 6> types = {"int2", "int4", "int8", "numeric", "float4", "float8"};
  return std::find(types.begin(), types.end(), type) != types.end();
}

// What SQL calls a type that pg_catalog calls otherwise.
std::string name_in_catalog(const std::string& type) {
  constexpr std::array<std::array<std::string_view, 2>, 11> names = {{{"int", "int4"},
                                                                      {"integer", "int4"},
                                                                      {"smallint", "int2"},
                                                                      {"bigint", "int8"},
                                                                      {"real", "float4"},
                                                                      {"float", "float8"},
                                                                      {"double", "float8"},
                                                                      {"decimal", "numeric"},
                                                                      {"dec", "numeric"},
                                                                      {"boolean", "bool"},
                                                                      {"nchar", "bpchar"}}};
  for (const auto& [sql, catalog] : names) {
    if (type == sql) return std::string(catalog);
  }
  return type;
}

// As array_out() quotes it.
void append_array_element(std::string& array, std::string_view text) {
  const bool plain =
      !text.empty() && !equals_word(text, "null") && std::none_of(text.begin(), text.end(), [](char c) {
        return is_blank(c) || std::string_view("{}\",\\").find(c) != std::string_view::npos;
      });
  if (plain) {
    array += text;
    return;
  }
  array += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

}  // namespace

InsertReader::InsertReader(std::string_view sql) : sql_(sql) {
  read_head();
  done_ = !plain_;
}

char InsertReader::peek(size_t ahead) const {
  return position_ + ahead < sql_.size() ? sql_[position_ + ahead] : '\0';
}

void InsertReader::skip_blanks() {
  while (position_ < sql_.size()) {
    if (is_blank(sql_[position_])) {
      ++position_;
    } else if (peek() == '-' && peek(1) == '-') {
      position_ = std::min(sql_.find('\n', position_), sql_.size());
    } else {
      return;
    }
  }
}

bool InsertReader::accept(char c) {
  skip_blanks();
  if (peek() != c || position_ == sql_.size()) return false;
  ++position_;
  return true;
}

bool InsertReader::accept_word(std::string_view word) {
  skip_blanks();
  if (sql_.size() - position_ < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (lower(sql_[position_ + i]) != word[i]) return false;
  }
  if (in_name(peek(word.size()))) return false;
  position_ += word.size();
  return true;
}

bool InsertReader::read_name(std::string& name) {
  skip_blanks();
  name.clear();
  if (peek() == '"') {
    for (++position_; position_ < sql_.size(); ++position_) {
      if (peek() == '"') {
        if (peek(1) != '"') {
          ++position_;
          name.resize(clipped_name(name).size());
          return !name.empty();
        }
        ++position_;
      }
      name += sql_[position_];
    }
    return false;
  }
  if (!begins_name(peek())) return false;
  for (; in_name(peek()); ++position_) name += lower(peek());
  name.resize(clipped_name(name).size());
  return peek() != '\'' && peek() != '&';
}

void InsertReader::read_head() {
  if (!accept_word("insert") || !accept_word("into") || !read_name(table_)) return;
  if (accept('.')) {
    schema_ = std::move(table_);
    if (!read_name(table_)) return;
  }
  if (accept('(') && !read_columns(columns_)) return;
  skip_blanks();
  piece_ = position_;
  if (accept_word("overriding") && (!accept_word("system") || !accept_word("value"))) return;
  plain_ = accept_word("values");
}

// Behind the parenthesis.
bool InsertReader::read_columns(std::vector<std::string>& columns) {
  do {
    if (!read_name(columns.emplace_back())) return false;
  } while (accept(','));
  return accept(')');
}

// Behind ON.
bool InsertReader::read_conflict() {
  if (!accept_word("conflict")) return false;
  if (accept('(')) {
    if (!read_columns(conflict_columns_)) return false;
  } else if (accept_word("on")) {
    if (!accept_word("constraint") || !read_name(conflict_constraint_)) return false;
  }
  return accept_word("do") && accept_word("nothing");
}

void InsertReader::read_tail() {
  done_ = true;
  skip_blanks();
  piece_ = position_;
  if (accept_word("on")) {
    on_conflict_do_nothing_ = read_conflict();
    failed_ = !on_conflict_do_nothing_;
    if (failed_) return;
  }
  returning_ = accept_word("returning");
  if (returning_ && !read_returning()) {
    failed_ = true;
    return;
  }
  accept(';');
  skip_blanks();
  failed_ = position_ != sql_.size();
}

bool InsertReader::next(std::vector<Field>& fields) {
  fields.clear();
  scratch_.clear();
  decoded_.clear();
  defaults_.clear();
  fractions_.clear();
  casts_.clear();
  if (done_) return false;
  if (!read_row(fields)) {
    done_ = failed_ = true;
    return false;
  }
  for (const Decoded& decoded : decoded_) {
    fields[decoded.field].text =
        std::string_view(scratch_).substr(decoded.begin, decoded.end - decoded.begin);
  }
  if (!accept(',')) read_tail();
  return true;
}

bool InsertReader::read_row(std::vector<Field>& fields) {
  if (!accept('(')) return false;
  do {
    if (!read_value(fields)) return false;
  } while (accept(','));
  return accept(')');
}

bool InsertReader::read_value(std::vector<Field>& fields) {
  skip_blanks();
  piece_ = position_;
  const char c = peek();
  const size_t field = fields.size();
  if (c == '\'') return read_string(fields) && read_casts(field, false);
  if (c == '$') return read_dollars(fields) && read_casts(field, false);
  if (is_digit(c) || c == '-' || c == '+' || c == '.')
    return read_number(fields) && read_casts(field, false, true);
  if (peek(1) == '\'') {
    ++position_;
    if (lower(c) == 'e') return read_escapes(fields) && read_casts(field, false);
    if (lower(c) == 'b' || lower(c) == 'x') {
      --position_;
      return read_bits(fields);
    }
    if (lower(c) == 'n') return read_string(fields) && trim_blanks(fields);
    return false;
  }
  if (accept_word("null")) {
    fields.push_back({{}, true});
    return read_casts(field, true);
  }
  if (accept_word("default")) {
    defaults_.push_back(fields.size());
    fields.push_back({{}, true});
    return true;
  }
  if (accept_word("true")) {
    fields.push_back({"true", false});
    return true;
  }
  if (accept_word("false")) {
    fields.push_back({"false", false});
    return true;
  }
  if (!in_array_ && accept_word("array")) return read_array(fields) && read_casts(field, false);
  return read_typed(fields) && read_casts(field, false);
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

bool InsertReader::read_escapes(std::vector<Field>& fields) {
  const size_t scratch_begin = scratch_.size();
  const auto digits = [this](int base, size_t least, size_t most, uint32_t& value) {
    size_t count = 0;
    for (; count < most && hex_digit(peek()) >= 0 && hex_digit(peek()) < base; ++position_, ++count) {
      value = value * static_cast<uint32_t>(base) + static_cast<uint32_t>(hex_digit(peek()));
    }
    return count >= least;
  };
  for (++position_; position_ < sql_.size();) {
    const char c = sql_[position_++];
    if (c == '\'') {
      if (peek() == '\'') {
        ++position_;
        scratch_ += c;
        continue;
      }
      decoded_.push_back({fields.size(), scratch_begin, scratch_.size()});
      fields.push_back({});
      return true;
    }
    if (c != '\\') {
      scratch_ += c;
      continue;
    }
    if (position_ == sql_.size()) return false;
    const char escaped = sql_[position_++];
    uint32_t value = 0;
    switch (escaped) {
      case 'b':
        scratch_ += '\b';
        break;
      case 'f':
        scratch_ += '\f';
        break;
      case 'n':
        scratch_ += '\n';
        break;
      case 'r':
        scratch_ += '\r';
        break;
      case 't':
        scratch_ += '\t';
        break;
      case 'v':
        scratch_ += '\v';
        break;
      case 'x':
        scratch_ += digits(16, 1, 2, value) ? static_cast<char>(value) : escaped;
        break;
      case 'u':
      case 'U': {
        const size_t length = escaped == 'u' ? 4 : 8;
        // Halves of surrogate pairs are left to the server.
        if (!digits(16, length, length, value) || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
          return false;
        append_utf8(scratch_, value);
        break;
      }
      default:
        if (escaped >= '0' && escaped <= '7') {
          --position_;
          digits(8, 1, 3, value);
          scratch_ += static_cast<char>(value & 0xFFU);
        } else {
          scratch_ += escaped;
        }
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

// DATE 'x', TIMESTAMP WITH TIME ZONE 'x'.
bool InsertReader::read_typed(std::vector<Field>& fields) {
  std::string type;
  bool own_type = false;
  if (!begins_name(peek()) || !read_type(type, own_type)) return false;
  skip_blanks();
  if (peek() != '\'') return false;
  if (!own_type && !keeps_text(type)) casts_.push_back({fields.size(), type, in_array_});
  return read_string(fields);
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
    if (peek() == '[' || accept_word("array")) {
      if (!read_elements(fields, array)) return false;
    } else if (!read_value(fields) || fractions_.size() != fractions || !defaults_.empty()) {
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

// A type's name without modifiers, which cut and round.
bool InsertReader::read_type(std::string& type, bool& own_type) {
  skip_blanks();
  const bool quoted = peek() == '"';
  if (!read_name(type)) return false;
  if (accept('.')) {
    own_type = type != "pg_catalog";
    if (!read_name(type)) return false;
  } else if (!quoted) {
    if (type == "double" && !accept_word("precision")) return false;
    if (type == "character" && !accept_word("varying")) return false;
    if (type == "character") type = "varchar";
    if (type == "timestamp" || type == "time") {
      if (accept_word("with")) {
        type += "tz";
        if (!accept_word("time") || !accept_word("zone")) return false;
      } else if (accept_word("without") && !(accept_word("time") && accept_word("zone"))) {
        return false;
      }
    }
    type = name_in_catalog(type);
  }
  return type != "char" && type != "bpchar" && type != "bit";  // those that cut at one
}

// `::type` as often as it stands there, of types that change no value: not those that cut or round.
bool InsertReader::read_casts(size_t field, bool null, bool number) {
  while (accept(':')) {
    std::string type;
    if (peek() != ':') return false;
    ++position_;
    bool own_type = false;
    if (!read_type(type, own_type)) return false;
    if (number && !is_number(type)) return false;
    TypeCast cast{field, type, in_array_};
    while (accept('[')) {
      cast.array = true;
      if (!accept(']')) return false;
    }
    if (!null && !own_type && !keeps_text(type)) casts_.push_back(std::move(cast));
  }
  skip_blanks();
  return peek() == ',' || peek() == (in_array_ ? ']' : ')');
}

// Behind RETURNING: names alone, which nobody reads.
bool InsertReader::read_returning() {
  std::string name;
  do {
    if (!accept('*') && !read_name(name)) return false;
    while (accept('.')) {
      if (!accept('*') && !read_name(name)) return false;
    }
    if (accept_word("as") && !read_name(name)) return false;
  } while (accept(','));
  return true;
}

}  // namespace pg2crdb
