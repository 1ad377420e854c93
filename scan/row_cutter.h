#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rows/copy_text.h"

namespace pg2crdb {

/// Takes some of the values out of rows in COPY's text format; those between them are passed over without
/// being decoded.
class RowCutter {
 public:
  /// `positions` of values in a row, from 0, in order.
  explicit RowCutter(std::vector<size_t> positions);

  /// The values at the positions of the row that `rows` begins with, NULL where it has none; what it returns
  /// is the row's size, its line end included. Values are good until the next call.
  size_t cut(std::string_view rows, std::vector<Field>& values);

 private:
  void take(std::string_view written, size_t index, Field& value);

  std::vector<size_t> positions_;
  std::vector<std::string> decoded_;  ///< one a position
  std::vector<Field> one_;
};

}  // namespace pg2crdb
