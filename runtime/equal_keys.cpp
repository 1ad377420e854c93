#include "runtime/equal_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

namespace pg2crdb {
namespace {

std::string bound_text(const std::optional<int64_t>& bound) {
  return bound ? std::to_string(*bound) : std::string();
}

std::optional<int64_t> bound_of(std::string_view text) {
  int64_t bound = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), bound);
  return read.ec == std::errc() ? std::optional(bound) : std::nullopt;
}

bool comes_before(const KeyRange& left, const KeyRange& right) {
  constexpr int64_t least = std::numeric_limits<int64_t>::min();
  return left.begin.value_or(least) < right.begin.value_or(least);
}

}  // namespace

/// The detail is the number of rows, and `BEGIN:END` of each range, where a side without a bound is empty.
EqualKeys::EqualKeys(Journal* journal, ObjectName table)
    : journal_(journal), step_{"verify keys", std::move(table)} {
  if (journal_ == nullptr) return;
  const std::string detail = journal_->detail(step_);
  std::string_view rest = detail;
  std::from_chars(rest.data(), rest.data() + rest.size(), rows_);
  for (size_t space = rest.find(' '); space != std::string_view::npos; space = rest.find(' ')) {
    rest.remove_prefix(space + 1);
    const std::string_view range = rest.substr(0, rest.find(' '));
    const size_t colon = range.find(':');
    ranges_.push_back({bound_of(range.substr(0, colon)), bound_of(range.substr(colon + 1))});
  }
}

std::vector<KeyRange> EqualKeys::others() const {
  std::vector<KeyRange> others;
  KeyRange gap;
  for (const KeyRange& range : ranges_) {
    gap.end = range.begin;
    if (gap.end && gap.begin != gap.end) others.push_back(gap);
    if (!range.end) return others;
    gap.begin = range.end;
  }
  gap.end.reset();
  others.push_back(gap);
  return others;
}

Result<void> EqualKeys::add(const std::vector<KeyRange>& ranges, uint64_t rows) {
  if (journal_ == nullptr || ranges.empty()) return {};
  ranges_.insert(ranges_.end(), ranges.begin(), ranges.end());
  std::sort(ranges_.begin(), ranges_.end(), comes_before);
  std::vector<KeyRange> joined;
  for (const KeyRange& range : ranges_) {
    if (!joined.empty() && joined.back().end == range.begin)
      joined.back().end = range.end;
    else
      joined.push_back(range);
  }
  ranges_ = std::move(joined);
  rows_ += rows;
  std::string detail = std::to_string(rows_);
  for (const KeyRange& range : ranges_)
    detail += fmt::format(" {}:{}", bound_text(range.begin), bound_text(range.end));
  return journal_->done(step_, detail);
}

Result<void> EqualKeys::forget() {
  ranges_.clear();
  rows_ = 0;
  return journal_ == nullptr ? Result<void>() : journal_->forget(step_);
}

}  // namespace pg2crdb
