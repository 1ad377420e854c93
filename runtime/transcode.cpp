#include "runtime/transcode.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "rows/conversion.h"
#include "rows/copy_text.h"
#include "runtime/special_bytes.h"
#include "support/counted.h"
#include "support/utf8.h"

namespace pg2crdb {

namespace {

/// The longest text that a conversion makes of a short one (a UUID), with room.
constexpr size_t kConvertedLength = 64;
/// How many bytes copy() may write behind those that it copies.
constexpr size_t kCopySlack = 32;

/// What a byte becomes at most: as a control character of JSON's `\u0001`, with quotes around it doubled.
constexpr size_t kJsonGrowth = 8;

/// The first unescaped tab, or `end`.
const char* field_end(const char* from, const char* end) {
  while (from < end && *from != '\t') from += *from == '\\' && from + 1 < end ? 2 : 1;
  return from;
}

char* put(char* out, std::string_view text) {
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* put_quoted(char* out, std::string_view text) {
  *out++ = '"';
  for (char c : text) {
    if (c == '"') *out++ = '"';
    *out++ = c;
  }
  *out++ = '"';
  return out;
}

/// The byte that `\` and a letter stand for; 0 where the two say more, or something else.
constexpr std::array<char, 256> escaped_bytes = [] {
  std::array<char, 256> table{};
  for (const auto& [letter, byte] :
       {std::pair('\\', '\\'), std::pair('n', '\n'), std::pair('t', '\t'), std::pair('r', '\r'),
        std::pair('b', '\b'), std::pair('f', '\f'), std::pair('v', '\v')})
    table[static_cast<unsigned char>(letter)] = byte;
  return table;
}();

/// Copies `from` up to `to`. In steps of 32 bytes where there are so many up to `limit`, and writes up to 32
/// bytes more than it moves `out`.
inline void copy(const char* from, const char* to, const char* limit, char*& out) {
  const auto size = static_cast<size_t>(to - from);
  if (limit - from >= 32) {
    std::memcpy(out, from, 16);
    if (size > 16) {
      std::memcpy(out + 16, from + 16, 16);
      if (size > 32) std::memcpy(out + 32, from + 32, size - 32);
    }
  } else {
    std::memcpy(out, from, size);
  }
  out += size;
}

/// Puts the value at `position`, decoded and in quotes where it needs them, and moves both behind it. False
/// where it has an escape of another kind than a letter for a byte: then `position` and `out` stay.
inline bool put_decoded(const char*& position, const char* end, const char* limit, SpecialBytes& specials,
                        SpecialBytes::Cursor& special, char*& out) {
  const char* from = position;
  char* to = out;
  char* const value = out + 1;
  bool quoted = false;
  *to++ = '"';
  while (true) {
    copy(from, special.place(), limit, to);
    from = special.place();
    if (from == end || *from == '\t') break;
    specials.pass(special);
    char byte = *from++;
    if (byte == '\\') {
      byte = from == end ? '\0' : escaped_bytes[static_cast<unsigned char>(*from++)];
      if (byte == 0) return false;
      specials.pass_to(special, from);
    }
    *to = '"';
    to += byte == '"' ? 1 : 0;
    *to++ = byte;
    quoted |= is_special(byte);
  }
  if (quoted || to == value || *value == ' ' || to[-1] == ' ') {
    *to++ = '"';
  } else {
    std::memmove(out, value, static_cast<size_t>(to - value));
    --to;
  }
  position = from;
  out = to;
  return true;
}

bool needs_quotes(std::string_view text) {
  return text.empty() || text.front() == ' ' || text.back() == ' ' ||
         std::any_of(text.begin(), text.end(), is_special);
}

char* put_value(char* out, std::string_view text) {
  return needs_quotes(text) ? put_quoted(out, text) : put(out, text);
}

std::string would_be_cut(const LoadPlan::Column& column, std::string_view value) {
  return fmt::format("column {}: the value \"{}\" does not fit {}, which would change it in silence",
                     column.name, value.substr(0, 100), column.target_type);
}

}  // namespace

char* CsvBuffer::reserve(size_t count) {
  if (capacity_ - size_ < count) {
    const size_t capacity = std::max(size_ + count, capacity_ + capacity_ / 2);
    std::unique_ptr<char[]> bytes(new char[capacity]);
    if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
  }
  return bytes_.get() + size_;
}

Transcoder::Transcoder(std::vector<const LoadPlan::Column*> columns) : columns_(std::move(columns)) {
  for (const LoadPlan::Column* column : columns_) {
    fits_.emplace_back(column == nullptr ? std::string_view() : column->target_type);
    as_it_is_.push_back(column == nullptr || goes_as_it_is(*column));
    if (column == nullptr) continue;
    ++width_;
    if (!as_it_is_.back()) ++converted_;
    // Of short texts, too: the path 1,2 has four parentheses, and 1e14 fifteen digits.
    if (column->conversion == LoadPlan::Conversion::hstore_to_json || goes_as_printed(*column))
      growth_ = kJsonGrowth;
  }
  if (width_ == 1) null_word_ = "\\N";
}

uint64_t Transcoder::append(CsvBuffer& csv, std::string_view rows, std::vector<BadRow>& bad) {
  uint64_t index = 0;
  std::string reason;
  const char* position = rows.data();
  const char* const end = position + rows.size();
  const bool utf8 = simdjson::validate_utf8(rows.data(), rows.size());
  SpecialBytes specials(rows);
  SpecialBytes::Cursor special = specials.look_from(position);
  for (; position < end; ++index) {
    const auto* line_end =
        static_cast<const char*>(std::memchr(position, '\n', static_cast<size_t>(end - position)));
    if (line_end == nullptr) throw InternalError("a batch of rows ends inside a row");
    const char* row_end = line_end;
    if (row_end > position && row_end[-1] == '\r') --row_end;
    const std::string_view row(position, static_cast<size_t>(row_end - position));
    if (!utf8 && !simdjson::validate_utf8(row.data(), row.size())) {
      bad.push_back({index, not_utf8(row)});
    } else if (!append_row(csv, position, row_end, end, specials, special, reason)) {
      bad.push_back({index, std::move(reason)});
      special = specials.look_from(line_end);
    }
    position = line_end + 1;
    specials.pass_to(special, position);
  }
  return index;
}

std::string Transcoder::not_utf8(std::string_view row) const {
  size_t column = 0;
  for (size_t i = 0; i < row.size();) {
    const Utf8Character character = decode_utf8(row.substr(i));
    if (!character.valid) {
      return fmt::format("{}the bytes from 0x{:02x} on are not UTF-8",
                         column < columns_.size() && columns_[column] != nullptr
                             ? fmt::format("column {}: ", columns_[column]->name)
                             : std::string(),
                         static_cast<unsigned>(static_cast<unsigned char>(row[i])));
    }
    if (row[i] == '\t') ++column;
    i += character.length;
  }
  return "it is not UTF-8";
}

bool Transcoder::put_converted(size_t index, const char*& position, const char* end, char*& out,
                               std::string& reason) {
  const LoadPlan::Column& column = *columns_[index];
  const char* const begin = position;
  position = field_end(position, end);
  const std::string_view text(begin, static_cast<size_t>(position - begin));
  Field field{text, false};
  if (text.find('\\') != std::string_view::npos) {
    if (!decode_copy_row(text, fields_, scratch_) || fields_.size() != 1) {
      reason = fmt::format("column {}: the value ends inside an escape", column.name);
      return false;
    }
    field = fields_[0];
    // Escapes can spell any byte.
    if (!simdjson::validate_utf8(field.text.data(), field.text.size())) {
      reason = fmt::format("column {}: its escapes are not UTF-8", column.name);
      return false;
    }
  }
  if (column.conversion == LoadPlan::Conversion::trim_blanks) {
    field.text = field.text.substr(0, field.text.find_last_not_of(' ') + 1);
  } else if (!as_it_is_[index] && !convert(column, field, converted_text_)) {
    const std::string_view value = field.text.substr(0, 100);
    reason = goes_as_printed(column)
                 ? fmt::format("column {}: it is not known how PostgreSQL prints the {} \"{}\"", column.name,
                               column.source_type, value)
                 : fmt::format("column {}: the value \"{}\" has no form that {} takes", column.name, value,
                               to_string(column.conversion));
    return false;
  }
  if (!fits_[index].takes(field.text)) {
    reason = would_be_cut(column, field.text);
    return false;
  }
  out = put_value(out, field.text);
  return true;
}

bool Transcoder::append_row(CsvBuffer& csv, const char* position, const char* end, const char* limit,
                            SpecialBytes& specials, SpecialBytes::Cursor& row_special, std::string& reason) {
  // Each byte may be doubled, each value quoted and followed by a comma: four bytes for one are enough; of
  // JSON more.
  char* out = csv.reserve(growth_ * static_cast<size_t>(end - position) + 8 + converted_ * kConvertedLength +
                          kCopySlack);
  size_t index = 0;
  size_t written = 0;
  SpecialBytes::Cursor special = row_special;
  const auto miscounted = [&](const char* got) {
    reason = fmt::format("expected {}, got {}", counted(columns_.size(), "value"), got);
    return false;
  };
  if (columns_.empty()) return position == end || miscounted("more");

  while (true) {
    if (index == columns_.size()) return miscounted("more");
    const LoadPlan::Column* column = columns_[index++];
    if (column == nullptr) {
      position = field_end(position, end);
      specials.pass_to(special, position);
    } else {
      if (written++ > 0) *out++ = ',';
      const char* const begin = position;
      const bool as_it_is = as_it_is_[index - 1];
      const bool fits = fits_[index - 1].always();
      const char* const stop = special.place();  // the row's end is one, too
      if (as_it_is && (stop == end || *stop == '\t')) {
        const std::string_view text(begin, static_cast<size_t>(stop - begin));
        if (!fits && !fits_[index - 1].takes(text)) {
          reason = would_be_cut(*column, text);
          return false;
        }
        if (text.empty() || text.front() == ' ' || text.back() == ' ') {
          *out++ = '"';
          copy(begin, stop, limit, out);
          *out++ = '"';
        } else {
          copy(begin, stop, limit, out);
        }
        position = stop;
      } else if (end - begin >= 2 && begin[0] == '\\' && begin[1] == 'N' &&
                 (begin + 2 == end || begin[2] == '\t')) {
        out = put(out, null_word_);
        position += 2;
        specials.pass(special);
      } else if (!(as_it_is && fits && put_decoded(position, end, limit, specials, special, out))) {
        if (!put_converted(index - 1, position, end, out, reason)) return false;
        specials.pass_to(special, position);
      }
    }
    if (position == end) break;
    ++position;
    specials.pass(special);
  }
  if (index != columns_.size()) return miscounted(std::to_string(index).c_str());
  *out++ = '\n';
  row_special = special;
  csv.grow_to(out);
  return true;
}

}  // namespace pg2crdb
