#include "rows/copy_text.h"

#include <cstring>

#include "support/ascii.h"
#include "support/hex.h"

namespace pg2crdb {
namespace {

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

// Decodes the escape behind a backslash, as CopyReadAttributesText does; `p` moves behind it.
char decode_escape(const char*& p, const char* end) {
  const char c = *p++;
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'v':
      return '\v';
    case 'x': {
      if (p == end || hex_digit(*p) < 0) return c;
      int value = hex_digit(*p++);
      if (p != end && hex_digit(*p) >= 0) value = value * 16 + hex_digit(*p++);
      return static_cast<char>(value);
    }
    default:
      break;
  }
  if (!is_octal(c)) return c;
  int value = c - '0';
  for (int digits = 1; digits < 3 && p != end && is_octal(*p); ++digits) value = value * 8 + (*p++ - '0');
  return static_cast<char>(value & 0xFF);
}

}  // namespace

bool decode_copy_row(std::string_view line, std::vector<Field>& fields, std::string& scratch, char delimiter,
                     std::string_view null) {
  fields.clear();
  scratch.clear();
  const char* p = line.data();
  const char* const end = p + line.size();
  const char* backslash = nullptr;
  const auto find = [end](const char* from, char c) {
    const void* found = from == end ? nullptr : std::memchr(from, c, static_cast<size_t>(end - from));
    return found == nullptr ? end : static_cast<const char*>(found);
  };
  backslash = find(p, '\\');
  const bool plain_null = null.find('\\') == std::string_view::npos;
  // Fields point into the scratch, which must not move: what is decoded is never longer than what it was.
  if (backslash != end) scratch.reserve(line.size());
  while (true) {
    const char* tab = find(p, delimiter);
    const std::string_view written(p, static_cast<size_t>(tab - p));
    if (backslash >= tab) {
      fields.push_back(plain_null && written == null ? Field{{}, true} : Field{written, false});
    } else if (written == null) {
      fields.push_back({{}, true});
      backslash = find(tab, '\\');
    } else {
      const size_t begin = scratch.size();
      const char* from = p;
      while (backslash < tab) {
        scratch.append(from, backslash);
        from = backslash + 1;
        if (from == end) return false;
        scratch += decode_escape(from, end);
        // An escaped delimiter belongs to the value.
        if (from > tab) tab = find(from, delimiter);
        backslash = find(from, '\\');
      }
      scratch.append(from, tab);
      fields.push_back({std::string_view(scratch).substr(begin), false});
    }
    if (tab == end) return true;
    p = tab + 1;
  }
}

void append_copy_row(std::string& out, const std::vector<Field>& fields) {
  bool first = true;
  for (const Field& field : fields) {
    if (!first) out += '\t';
    first = false;
    if (field.null) {
      out += "\\N";
      continue;
    }
    for (const char c : field.text) {
      switch (c) {
        case '\b':
          out += "\\b";
          break;
        case '\f':
          out += "\\f";
          break;
        case '\n':
          out += "\\n";
          break;
        case '\r':
          out += "\\r";
          break;
        case '\t':
          out += "\\t";
          break;
        case '\v':
          out += "\\v";
          break;
        case '\\':
          out += "\\\\";
          break;
        default:
          out += c;
      }
    }
  }
  out += '\n';
}

void append_csv_field(std::string& out, const Field& field) {
  if (field.null) return;
  const std::string_view text = field.text;
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  const bool quoted = text.empty() || is_space(text.front()) || is_space(text.back()) ||
                      text.find_first_of("\",\r\n\\") != std::string_view::npos;
  if (!quoted) {
    out += text;
    return;
  }
  out += '"';
  size_t begin = 0;
  for (size_t quote = text.find('"'); quote != std::string_view::npos; quote = text.find('"', begin)) {
    out.append(text, begin, quote + 1 - begin);
    out += '"';
    begin = quote + 1;
  }
  out.append(text, begin);
  out += '"';
}

void append_csv_row(std::string& out, const std::vector<Field>& fields) {
  bool first = true;
  for (const Field& field : fields) {
    if (!first) out += ',';
    first = false;
    append_csv_field(out, field);
  }
  out += '\n';
}

}  // namespace pg2crdb
