#include <algorithm>

#include "rows/canonical.h"
#include "rows/canonical_forms.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

/// As record_out() writes a value.
void append_quoted(std::string& out, std::string_view value) {
  const bool quote = value.empty() || std::any_of(value.begin(), value.end(), [](char c) {
                       return c == '"' || c == '\\' || c == '(' || c == ')' || c == ',' || is_blank(c);
                     });
  if (!quote) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') out += c;
    out += c;
  }
  out += '"';
}

}  // namespace

bool append_composite(std::string& out, const std::vector<CanonicalType>& fields, std::string_view text) {
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return false;
  out += '(';
  std::string value;
  std::string canonical;
  size_t at = 1;
  for (size_t field = 0;; ++field) {
    if (field == fields.size()) return false;
    value.clear();
    bool null = true;
    bool quoted = false;
    while (quoted || (text[at] != ',' && text[at] != ')')) {
      null = false;
      if (text[at] == '"' && quoted && text[at + 1] == '"') {
        value += text[++at];
      } else if (text[at] == '"') {
        quoted = !quoted;
      } else {
        if (text[at] == '\\') ++at;
        if (at + 1 >= text.size()) return false;
        value += text[at];
      }
      if (++at >= text.size()) return false;
    }
    if (!null) {
      canonical.clear();
      append_canonical(canonical, fields[field], value);
      append_quoted(out, canonical);
    }
    out += text[at];
    if (text[at++] == ')') return field + 1 == fields.size() && at == text.size();
  }
}

}  // namespace pg2crdb
