#include "support/source_file.h"

#include <algorithm>
#include <utility>

namespace pg2crdb {
namespace {

uint64_t count_characters(std::string_view text) {
  return static_cast<uint64_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

SourceFile& SourceFile::add_next(std::string name) {
  const auto index = static_cast<uint32_t>(index_ + next_.size() + 1);
  return *next_.emplace_back(std::make_unique<SourceFile>(index, std::move(name)));
}

const SourceFile& SourceFile::of(const Span& span) const {
  const bool behind = span.file > index_ && span.file - index_ <= next_.size();
  return behind ? *next_[span.file - index_ - 1] : *this;
}

std::string_view SourceFile::keep(uint64_t begin, uint64_t line, uint64_t column, std::string_view text) {
  auto [it, inserted] = kept_.insert_or_assign(begin, Kept{line, column, std::string(text)});
  return it->second.text;
}

Location SourceFile::locate(uint64_t byte) const {
  auto it = kept_.upper_bound(byte);
  if (it == kept_.begin()) return {1, 1, {}};
  --it;
  const Kept& kept = it->second;
  std::string_view text = kept.text;
  const uint64_t offset = std::min<uint64_t>(byte - it->first, text.size());
  const std::string_view before = text.substr(0, offset);
  const uint64_t newlines = static_cast<uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  size_t line_end = text.find('\n', offset);
  if (line_end == std::string_view::npos) line_end = text.size();
  std::string_view line_text = text.substr(line_begin, line_end - line_begin);
  if (line_text.ends_with('\r')) line_text.remove_suffix(1);
  uint64_t column = 1 + count_characters(before.substr(line_begin));
  if (newlines == 0) column += kept.column - 1;
  return {kept.line + newlines, column, line_text};
}

std::string_view SourceFile::text(const Span& span) const {
  auto it = kept_.upper_bound(span.begin);
  if (it == kept_.begin()) return {};
  --it;
  const uint64_t offset = span.begin - it->first;
  if (offset >= it->second.text.size()) return {};
  return std::string_view(it->second.text).substr(offset, span.end - span.begin);
}

}  // namespace pg2crdb
