#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/span.h"

namespace pg2crdb {

/// Where a byte is, for a person: both from 1; the column counts UTF-8 characters.
struct Location {
  uint64_t line = 0;
  uint64_t column = 0;
  std::string_view line_text;  ///< the line's bytes without its line end; empty where the text was not kept
};

/// The texts of one input that diagnostics may point into. A dump's rows are never kept, its statements are:
/// memory follows the schema, not the data.
class SourceFile {
 public:
  SourceFile(uint32_t index, std::string name) : index_(index), name_(std::move(name)) {}

  uint32_t index() const { return index_; }
  const std::string& name() const { return name_; }

  /// A file that is read behind this one, into the same script: with the next index, and owned by this one.
  SourceFile& add_next(std::string name);
  /// One that is read before this one, with an index below this one's, the next of those that were added so.
  SourceFile& add_before(uint32_t index, std::string name);
  /// This file, one before or one behind it: that which a span points into. This one where it points into
  /// none.
  const SourceFile& of(const Span& span) const;
  /// The files before this one, in the order in which they are read, which is that of their indexes.
  const std::vector<std::unique_ptr<SourceFile>>& before() const { return before_; }
  /// The files behind this one.
  const std::vector<std::unique_ptr<SourceFile>>& next() const { return next_; }

  /// Keeps `text`, which begins at byte `begin`, on line `line`, `column` characters into it (from 1).
  /// Returns a view that lives as long as this object. Texts do not overlap; one that begins where another
  /// does takes its place.
  std::string_view keep(uint64_t begin, uint64_t line, uint64_t column, std::string_view text);

  /// The place of a byte. In a text that was not kept, the line of the last kept text before it.
  Location locate(uint64_t byte) const;

  /// The kept bytes of a span; empty where they were not kept.
  std::string_view text(const Span& span) const;

  struct Kept {
    uint64_t begin = 0;
    uint64_t line = 0;
    uint64_t column = 0;
    std::string_view text = {};
  };
  /// All kept texts, in the order of the bytes at which they begin.
  const std::vector<Kept>& texts() const { return kept_; }

 private:
  const Kept* last_before(uint64_t byte) const;
  std::string_view store(std::string_view text);

  uint32_t index_;
  std::string name_;
  std::vector<Kept> kept_;
  std::vector<std::unique_ptr<char[]>> blocks_;  // the texts' bytes, one text behind the other
  char* free_ = nullptr;                         // what is left of a block that texts share
  size_t free_size_ = 0;
  std::vector<std::unique_ptr<SourceFile>> before_;
  std::vector<std::unique_ptr<SourceFile>> next_;
};

}  // namespace pg2crdb
