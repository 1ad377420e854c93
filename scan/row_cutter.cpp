#include "scan/row_cutter.h"

#include <algorithm>
#include <cstring>

namespace pg2crdb {
namespace {

const char* find(const char* from, const char* end, char c) {
  const void* found = from == end ? nullptr : std::memchr(from, c, static_cast<size_t>(end - from));
  return found == nullptr ? end : static_cast<const char*>(found);
}

/// Where the value ends that begins at `from`: at a tab that no backslash stands before, or at the row's end.
const char* value_end(const char* from, const char* end) {
  const char* tab = find(from, end, '\t');
  while (tab != end) {
    const char* escape = tab;
    while (escape != from && escape[-1] == '\\') --escape;
    if ((tab - escape) % 2 == 0) break;
    tab = find(tab + 1, end, '\t');
  }
  return tab;
}

}  // namespace

RowCutter::RowCutter(std::vector<size_t> positions)
    : positions_(std::move(positions)), decoded_(positions_.size()) {}

size_t RowCutter::cut(std::string_view rows, std::vector<Field>& values) {
  values.assign(positions_.size(), Field{{}, true});
  const char* const begin = rows.data();
  const char* const end = find(begin, begin + rows.size(), '\n');
  const char* at = begin;
  const char* behind = positions_.empty() ? end : value_end(at, end);
  size_t position = 0;
  for (size_t i = 0; i < positions_.size(); ++i) {
    for (; position < positions_[i] && behind != end; ++position) {
      at = behind + 1;
      behind = value_end(at, end);
    }
    if (position != positions_[i]) break;
    take({at, static_cast<size_t>(behind - at)}, i, values[i]);
  }
  return std::min(static_cast<size_t>(end - begin) + 1, rows.size());
}

void RowCutter::take(std::string_view written, size_t index, Field& value) {
  if (std::memchr(written.data(), '\\', written.size()) == nullptr) {
    value = {written, false};
  } else if (decode_copy_row(written, one_, decoded_[index])) {
    value = one_[0];
  }
}

}  // namespace pg2crdb
