#pragma once
#include <cstdint>

namespace pg2crdb {

/// A half-open range of bytes `[begin, end)` of one input. `file` is the input's index in the order given on
/// the command line. Bytes inside; lines and columns only when something is printed (see
/// `SourceFile::locate`).
struct Span {
  uint32_t file = 0;
  uint64_t begin = 0;
  uint64_t end = 0;

  bool empty() const { return begin == end; }
  bool operator==(const Span&) const = default;
};

}  // namespace pg2crdb
