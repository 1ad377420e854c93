#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rows/copy_text.h"

namespace pg2crdb {

/// Finds where records of CSV end: at a line end outside of quotes.
class CsvScanner {
 public:
  /// Behind the line end of the record that `text` begins with; npos where it goes on. Then call it again
  /// with the same text, made longer.
  size_t find_end(std::string_view text);
  /// For the next record.
  void restart();
  /// What was searched goes away: the next text begins behind it, in the same record.
  void next_piece() { searched_ = 0; }
  bool inside_quotes() const { return quoted_; }

 private:
  size_t searched_ = 0;
  bool quoted_ = false;
};

/// Decodes one record, without its line end, as PostgreSQL reads CSV: commas, values in `"` where they need
/// it, a `"` in one doubled; an unquoted nothing is NULL. Views point into `scratch`. False where quotes stay
/// open.
bool decode_csv_record(std::string_view record, std::vector<Field>& fields, std::string& scratch);

}  // namespace pg2crdb
