#include "diag/render_parts.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "support/result.h"
#include "support/secret_literals.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

// Unicode 15, DerivedGeneralCategory Mn, Me and Cf: the blocks that occur in names and texts.
constexpr std::array<Range, 12> zero_width = {{{0x0300, 0x036F},
                                               {0x0483, 0x0489},
                                               {0x0591, 0x05BD},
                                               {0x064B, 0x065F},
                                               {0x0E34, 0x0E3A},
                                               {0x1AB0, 0x1AFF},
                                               {0x1DC0, 0x1DFF},
                                               {0x200B, 0x200D},
                                               {0x20D0, 0x20FF},
                                               {0xFE00, 0xFE0F},
                                               {0xFE20, 0xFE2F},
                                               {0xE0100, 0xE01EF}}};

// Unicode 15, EastAsianWidth W and F, neighbours joined.
constexpr std::array<Range, 14> double_width = {{{0x1100, 0x115F},
                                                 {0x231A, 0x231B},
                                                 {0x23E9, 0x23EC},
                                                 {0x2E80, 0x303E},
                                                 {0x3041, 0xA4CF},
                                                 {0xA960, 0xA97F},
                                                 {0xAC00, 0xD7A3},
                                                 {0xF900, 0xFAFF},
                                                 {0xFE30, 0xFE6F},
                                                 {0xFF00, 0xFF60},
                                                 {0xFFE0, 0xFFE6},
                                                 {0x1F300, 0x1F64F},
                                                 {0x1F680, 0x1FAFF},
                                                 {0x20000, 0x3FFFD}}};

template <size_t size>
bool is_in(const std::array<Range, size>& ranges, char32_t code) {
  return std::ranges::any_of(ranges, [&](const Range& r) { return code >= r.first && code <= r.last; });
}

// One character as it is shown.
struct Cell {
  std::string_view text;
  size_t width = 1;
  size_t begin = 0;  // byte in the line
};

bool is_plain(char c) {
  return c >= ' ' && c < 0x7F;
}

// U+2400 and the following, one behind the other.
std::string_view picture_of_control(char32_t code) {
  static const std::string pictures = [] {
    std::string all;
    for (int i = 0; i < 0x20; ++i) all.append({'\xE2', '\x90', static_cast<char>(0x80 + i)});
    return all;
  }();
  return std::string_view(pictures).substr(3 * size_t{code}, 3);
}

Cell cell(std::string_view bytes, const Utf8Character& character, size_t begin) {
  const char32_t code = character.code;
  if (code < 0x20) return {picture_of_control(code), 1, begin};
  if (code == 0x7F) return {"\xE2\x90\xA1", 1, begin};
  const bool turns_direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
  const bool breaks_line = code == 0x2028 || code == 0x2029 || (code >= 0x80 && code < 0xA0);
  if (!character.valid || turns_direction || breaks_line) return {replacement_character, 1, begin};
  const size_t width = is_in(zero_width, code) ? 0 : is_in(double_width, code) ? 2 : 1;
  return {bytes, width, begin};
}

std::vector<Cell> cells(std::string_view line) {
  constexpr std::string_view blanks = "        ";
  std::vector<Cell> out;
  out.reserve(line.size());
  size_t column = 0;
  for (size_t i = 0; i < line.size();) {
    if (is_plain(line[i])) {
      out.push_back({line.substr(i, 1), 1, i});
      ++column;
      ++i;
      continue;
    }
    const Utf8Character character = decode_utf8(line.substr(i));
    Cell next = cell(line.substr(i, character.length), character, i);
    if (character.code == '\t') next = {blanks.substr(column % 8), 8 - column % 8, i};
    column += next.width;
    out.push_back(next);
    i += character.length;
  }
  return out;
}

// Where the line's text has the span's first byte; nothing where that text was not kept. Both views are into
// the same kept text, so their addresses tell.
std::optional<size_t> offset_in_line(const Place& place, const Span& span) {
  const std::string_view line = place.begin.line_text;
  const std::string_view at = place.file->text({span.file, span.begin, span.begin + 1});
  if (!at.empty()) return std::min(static_cast<size_t>(at.data() - line.data()), line.size());
  if (span.begin == 0) return std::nullopt;
  const std::string_view before = place.file->text({span.file, span.begin - 1, span.begin});
  if (before.empty() || before == "\n") return std::nullopt;
  return std::min(static_cast<size_t>(before.data() + 1 - line.data()), line.size());
}

// The secrets of the line, by its bytes: where one begins and ends may stand on other lines of its text.
std::vector<SecretLiteral> secrets_in_line(const Place& place, const Span& span) {
  const std::vector<SourceFile::Kept>& texts = place.file->texts();
  const auto kept = std::ranges::upper_bound(texts, span.begin, {}, &SourceFile::Kept::begin);
  if (kept == texts.begin()) return {};
  const std::string_view text = std::prev(kept)->text;
  const std::string_view line = place.begin.line_text;
  const auto line_begin = static_cast<size_t>(line.data() - text.data());
  std::vector<SecretLiteral> secrets;
  for (const SecretLiteral& secret : secret_literals(text)) {
    const size_t begin = std::max(secret.begin, line_begin);
    const size_t end = std::min(secret.end, line_begin + line.size());
    if (begin < end) secrets.push_back({begin - line_begin, end - line_begin});
  }
  return secrets;
}

void hide(std::vector<Cell>& cells, const SecretLiteral& secret) {
  const auto is_before = [](const Cell& cell, size_t byte) { return cell.begin < byte; };
  const auto first = std::lower_bound(cells.begin(), cells.end(), secret.begin, is_before);
  const auto last = std::lower_bound(first, cells.end(), secret.end, is_before);
  constexpr std::string_view mask = "***";
  *first = {mask, mask.size(), secret.begin};
  cells.erase(first + 1, last);
}

}  // namespace

const FindingKind& rule_of(const Diagnostic& diagnostic) {
  if (diagnostic.rule == nullptr) throw InternalError("a finding without a rule: " + diagnostic.message);
  return *diagnostic.rule;
}

std::string_view advice_of(const Diagnostic& diagnostic) {
  return diagnostic.advice.empty() ? rule_of(diagnostic).advice : std::string_view(diagnostic.advice);
}

std::string printable(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const auto* const plain_end = std::find_if_not(text.begin() + i, text.end(), is_plain);
    out.append(text.begin() + i, plain_end);
    i = static_cast<size_t>(plain_end - text.begin());
    if (i == text.size()) break;
    const Utf8Character character = decode_utf8(text.substr(i));
    out += cell(text.substr(i, character.length), character, i).text;
    i += character.length;
  }
  return out;
}

std::optional<Place> place_of(const Findings& findings, const Diagnostic& diagnostic) {
  const Span& span = diagnostic.span;
  if (span.file >= findings.files.size()) return std::nullopt;
  const SourceFile& file = *findings.files[span.file];
  return Place{&file, file.locate(span.begin), file.locate(std::max(span.begin, span.end))};
}

std::optional<Excerpt> excerpt_of(const Place& place, const Span& span, size_t width) {
  const std::optional<size_t> offset = offset_in_line(place, span);
  if (!offset) return std::nullopt;
  const std::string_view line = place.begin.line_text;
  const uint64_t length = span.end > span.begin ? span.end - span.begin : 0;
  size_t end = *offset + static_cast<size_t>(std::min<uint64_t>(length, line.size() - *offset));
  while (end > *offset + 1 && (line[end - 1] == ' ' || line[end - 1] == '\t')) --end;

  std::vector<Cell> all = cells(line);
  for (const SecretLiteral& secret : secrets_in_line(place, span)) hide(all, secret);
  size_t total = 0;
  size_t column = 0;  // of the place
  for (const Cell& c : all) {
    total += c.width;
    if (c.begin < *offset) column += c.width;
  }
  constexpr std::string_view cut = "...";
  size_t window_begin = 0;
  size_t window_end = total;
  if (total > width) {
    const size_t room = width - 2 * cut.size();
    window_begin = std::min(column > width / 3 ? column - width / 3 : 0, total - room);
    window_end = window_begin + room;
  }

  Excerpt out;
  out.line = place.begin.line;
  if (window_begin > 0) {
    out.before = cut;
    out.before_width = cut.size();
  }
  column = 0;
  for (const Cell& c : all) {
    const bool visible = column >= window_begin && column + c.width <= window_end;
    column += c.width;
    if (!visible) continue;
    if (c.begin < *offset) {
      out.before += c.text;
      out.before_width += c.width;
    } else if (c.begin < end) {
      out.marked += c.text;
      out.marked_width += c.width;
    } else {
      out.after += c.text;
    }
  }
  if (window_end < total) out.after += cut;
  return out;
}

std::string escape_markup(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::vector<std::string> fingerprints(const Findings& findings) {
  std::map<uint64_t, uint64_t> seen;
  std::vector<std::string> out;
  for (const Diagnostic& diagnostic : findings.diagnostics) {
    // FNV-1a, 64 bits.
    uint64_t hash = 0xcbf29ce484222325U;
    const auto mix = [&](std::string_view text) {
      for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
      hash = (hash ^ 0xFFU) * 0x100000001b3U;
    };
    mix(rule_of(diagnostic).id);
    mix(diagnostic.object);
    mix(diagnostic.message);
    if (const std::optional<Place> place = place_of(findings, diagnostic)) mix(place->file->name());
    // The same finding again on another line.
    const uint64_t repetition = seen[hash]++;
    if (repetition > 0) mix(std::to_string(repetition));
    constexpr std::string_view hex = "0123456789abcdef";
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += hex[(hash >> shift) & 0xF];
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace pg2crdb
