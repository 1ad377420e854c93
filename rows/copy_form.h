#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plan/load_plan.h"
#include "rows/csv.h"

namespace pg2crdb {

/// Cuts and decodes rows that are not written as COPY has them without options: CSV, another delimiter,
/// another word for NULL. `data` has to live as long.
class CopyFormReader {
 public:
  explicit CopyFormReader(const LoadPlan::Data& data);

  /// As CsvScanner's, of a row.
  size_t find_end(std::string_view text);
  void restart();
  /// Decodes a row with its line end, which may be missing. False where it is none: an open quote, an escape
  /// without its letter. Views are good until the next call.
  bool decode(std::string_view row, std::vector<Field>& fields);

 private:
  const LoadPlan::Data& data_;
  CsvScanner scanner_;
  size_t searched_ = 0;  ///< of a row that is no CSV
  std::string scratch_;
  std::vector<uint64_t> forced_;
};

}  // namespace pg2crdb
