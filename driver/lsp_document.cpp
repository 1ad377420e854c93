#include "driver/lsp_document.h"

#include <algorithm>

#include "support/hex.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

/// Of the character's code.
size_t units_of(char32_t code) {
  return code > 0xFFFF ? 2 : 1;
}

}  // namespace

void LspDocument::set(std::string text) {
  text_ = std::move(text);
  lines_ = {0};
  for (size_t at = 0; at < text_.size(); ++at) {
    const char c = text_[at];
    const bool is_end = c == '\n' || (c == '\r' && (at + 1 == text_.size() || text_[at + 1] != '\n'));
    if (is_end) lines_.push_back(at + 1);
  }
}

void LspDocument::replace(const LspRange& range, std::string_view text) {
  const size_t begin = byte_at(range.begin);
  const size_t end = std::max(begin, byte_at(range.end));
  std::string after = std::move(text_);
  after.replace(begin, end - begin, text);
  set(std::move(after));
}

size_t LspDocument::byte_at(const LspPosition& position) const {
  if (position.line >= lines_.size()) return text_.size();
  const size_t begin = lines_[position.line];
  size_t end = position.line + 1 < lines_.size() ? lines_[position.line + 1] : text_.size();
  while (end > begin && (text_[end - 1] == '\n' || text_[end - 1] == '\r')) --end;
  size_t at = begin;
  for (size_t units = 0; at < end && units < position.character;) {
    const Utf8Character character = decode_utf8(std::string_view(text_).substr(at, end - at));
    units += units_of(character.code);
    if (units > position.character) break;  // within a surrogate pair
    at += character.length;
  }
  return at;
}

LspPosition LspDocument::position_of(size_t byte) const {
  byte = std::min(byte, text_.size());
  const auto behind = std::upper_bound(lines_.begin(), lines_.end(), byte);
  const auto line = static_cast<size_t>(behind - lines_.begin()) - 1;
  LspPosition position{line, 0};
  for (size_t at = lines_[line]; at < byte;) {
    const Utf8Character character = decode_utf8(std::string_view(text_).substr(at));
    position.character += units_of(character.code);
    at += character.length;
  }
  return position;
}

size_t LspDocument::line_begin(size_t byte) const {
  return *std::prev(std::upper_bound(lines_.begin(), lines_.end(), std::min(byte, text_.size())));
}

std::string path_of_uri(std::string_view uri) {
  constexpr std::string_view scheme = "file://";
  if (!uri.starts_with(scheme)) return std::string(uri);
  uri.remove_prefix(std::min(uri.find('/', scheme.size()), uri.size()));
  std::string path;
  for (size_t i = 0; i < uri.size(); ++i) {
    const int high = uri[i] == '%' && i + 2 < uri.size() ? hex_digit(uri[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(uri[i + 2]) : -1;
    if (low >= 0) {
      path += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      path += uri[i];
    }
  }
  return path;
}

}  // namespace pg2crdb
