#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "rows/copy_text.h"
#include "rows/fit.h"
#include "runtime/special_bytes.h"

namespace pg2crdb {

/// Bytes whose growing part is not cleared first.
class CsvBuffer {
 public:
  std::string_view view() const { return {bytes_.get(), size_}; }
  void clear() { size_ = 0; }
  /// Room for `count` more bytes; the returned place is where they go. `grow_to` then says where they ended.
  char* reserve(size_t count);
  void grow_to(const char* end) { size_ = static_cast<size_t>(end - bytes_.get()); }

 private:
  std::unique_ptr<char[]> bytes_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

/// Turns rows of COPY's text format into CSV that CockroachDB and PostgreSQL read alike (COPY's text itself
/// must not be sent: crdb-observed, COPY), with the plan's conversions.
class Transcoder {
 public:
  /// The columns in the order of the data; null where a value is left out. They must outlive the transcoder.
  explicit Transcoder(std::vector<const LoadPlan::Column*> columns);

  /// A row that must not be sent: wrong number of values, broken escape, a value that its conversion does not
  /// take, that is not UTF-8 (IMPORT INTO would take it) or that the target would cut in silence.
  struct BadRow {
    uint64_t index;  ///< among the rows given, from 0
    std::string reason;
  };

  /// Appends `rows` (whole lines, each with its line end; CR LF is taken for one) to `csv`, bad ones left out
  /// and noted. Returns the number of rows given.
  uint64_t append(CsvBuffer& csv, std::string_view rows, std::vector<BadRow>& bad);

  /// How NULL is written: "" as both servers' default has it. `\N`, unquoted, where a row has one value,
  /// since an empty line is no row to CockroachDB.
  std::string_view null_word() const { return null_word_; }
  /// Values a row in CSV.
  size_t width() const { return width_; }

 private:
  /// Appends one row without its line end, and moves `row_special` to its end; false with `reason` where it
  /// is bad. Up to `limit` there are bytes.
  bool append_row(CsvBuffer& csv, const char* begin, const char* end, const char* limit,
                  SpecialBytes& specials, SpecialBytes::Cursor& row_special, std::string& reason);
  /// Puts the value at `position` as its column's conversion has it, and moves both behind it; false with
  /// `reason` where that cannot be, or would be cut.
  bool put_converted(size_t index, const char*& position, const char* end, char*& out, std::string& reason);
  /// Which column of a row that is not UTF-8 is to blame.
  std::string not_utf8(std::string_view row) const;

  std::vector<const LoadPlan::Column*> columns_;
  std::vector<Fit> fits_;       ///< of each column
  std::vector<bool> as_it_is_;  ///< whether each column's values go so
  size_t width_ = 0;
  size_t converted_ = 0;
  size_t growth_ = 4;  ///< what a byte becomes at most: doubled, in quotes, with a comma behind
  std::string_view null_word_;
  std::string scratch_;
  std::string converted_text_;
  std::vector<Field> fields_;
};

}  // namespace pg2crdb
