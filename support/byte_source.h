#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "support/result.h"

namespace pg2crdb {

/// A stream of an input's bytes, plain text: what decompression and standard input look like to everybody
/// else.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Fills up to `size` bytes; 0 at the end.
  virtual Result<size_t> read(char* buffer, size_t size) = 0;
  /// Leaves out the next `count` bytes; a plain file seeks. An input that ends before is an error.
  virtual Result<void> skip(uint64_t count) = 0;
};

/// A file, "-" for standard input; gzip and zstd are unpacked by their magic, custom, tar and directory
/// archives of pg_dump read through pg_restore (`support/archive.h`). Fails on a missing file, on another
/// directory, and on what is no text with a sentence that says what to do.
Result<std::unique_ptr<ByteSource>> open_input(const std::string& path);
/// Bytes in memory, which must outlive the source.
std::unique_ptr<ByteSource> memory_source(std::string_view text);

}  // namespace pg2crdb
