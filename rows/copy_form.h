#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "rows/copy_text.h"

namespace pg2crdb {

/// Cuts and decodes rows behind a COPY with options: CSV, another delimiter, another word for NULL.
class CopyFormReader {
 public:
  explicit CopyFormReader(const LoadPlan::Data& data);

  /// How many bytes of `text` the first row takes, its line end included; npos where it does not end there.
  /// `at_end`: no more follows, so that a line end may be missing.
  size_t row_size(std::string_view text, bool at_end) const;
  /// Decodes a row with its line end. False where it is none: an open quote, an escape without its letter.
  /// Views are good until the next call.
  bool decode(std::string_view row, std::vector<Field>& fields);

 private:
  bool decode_csv(std::string_view row, std::vector<Field>& fields);

  bool csv_;
  char delimiter_;
  std::string null_;
  std::string scratch_;
};

}  // namespace pg2crdb
