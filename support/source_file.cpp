#include "support/source_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "support/line_ends.h"
#include "support/utf8.h"

namespace pg2crdb {

SourceFile& SourceFile::add_next(std::string name) {
  const auto index = static_cast<uint32_t>(index_ + next_.size() + 1);
  return *next_.emplace_back(std::make_unique<SourceFile>(index, std::move(name)));
}

SourceFile& SourceFile::add_before(uint32_t index, std::string name) {
  return *before_.emplace_back(std::make_unique<SourceFile>(index, std::move(name)));
}

const SourceFile& SourceFile::of(const Span& span) const {
  if (!before_.empty() && span.file >= before_.front()->index_ && span.file < index_)
    return *before_[span.file - before_.front()->index_];
  const bool behind = span.file > index_ && span.file - index_ <= next_.size();
  return behind ? *next_[span.file - index_ - 1] : *this;
}

// Short texts share a block.
std::string_view SourceFile::store(std::string_view text) {
  constexpr size_t block_size = size_t{64} << 10;
  if (text.size() > block_size / 4) {
    char* const block = blocks_.emplace_back(std::make_unique_for_overwrite<char[]>(text.size())).get();
    std::memcpy(block, text.data(), text.size());
    return {block, text.size()};
  }
  if (text.size() > free_size_) {
    free_ = blocks_.emplace_back(std::make_unique_for_overwrite<char[]>(block_size)).get();
    free_size_ = block_size;
  }
  const std::string_view stored(free_, text.copy(free_, text.size()));
  free_ += stored.size();
  free_size_ -= stored.size();
  return stored;
}

std::string_view SourceFile::keep(uint64_t begin, uint64_t line, uint64_t column, std::string_view text) {
  // A dump's statements come in their order.
  if (kept_.empty() || kept_.back().begin < begin)
    return kept_.emplace_back(Kept{begin, line, column, store(text)}).text;
  auto it = std::lower_bound(kept_.begin(), kept_.end(), begin,
                             [](const Kept& each, uint64_t byte) { return each.begin < byte; });
  if (it->begin != begin) {
    it = kept_.insert(it, Kept{begin, line, column, store(text)});
  } else if (it->text != text) {
    *it = Kept{begin, line, column, store(text)};
  }
  return it->text;
}

// The last text that begins at a byte or before it.
const SourceFile::Kept* SourceFile::last_before(uint64_t byte) const {
  const auto it = std::upper_bound(kept_.begin(), kept_.end(), byte,
                                   [](uint64_t value, const Kept& each) { return value < each.begin; });
  return it == kept_.begin() ? nullptr : &*(it - 1);
}

Location SourceFile::locate(uint64_t byte) const {
  const Kept* const found = last_before(byte);
  if (found == nullptr) return {1, 1, {}};
  const Kept& kept = *found;
  const std::string_view text = kept.text;
  const uint64_t offset = std::min<uint64_t>(byte - kept.begin, text.size());
  const std::string_view before = text.substr(0, offset);
  const uint64_t newlines = count_line_ends(before);
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
  const Kept* const kept = last_before(span.begin);
  if (kept == nullptr) return {};
  const uint64_t offset = span.begin - kept->begin;
  if (offset >= kept->text.size()) return {};
  return kept->text.substr(offset, span.end - span.begin);
}

}  // namespace pg2crdb
