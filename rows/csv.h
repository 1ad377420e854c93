#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "plan/copy_form.h"
#include "rows/copy_text.h"

namespace pg2crdb {

/// Finds where records of CSV end, as PostgreSQL does: at a line end outside of quotes.
class CsvScanner {
 public:
  /// Commas and double quotes.
  CsvScanner() = default;
  explicit CsvScanner(const CopyForm& form);

  /// Behind the line end of the record that `text` begins with; npos where it goes on. Then call it again
  /// with the same text, made longer: no byte is looked at twice.
  size_t find_end(std::string_view text);
  /// For the next record.
  void restart();
  /// What was searched goes away: the next text begins behind it, in the same record.
  void next_piece() { searched_ = 0; }
  bool inside_quotes() const { return quoted_; }

 private:
  char quote_ = '"';
  char escape_ = '"';
  size_t searched_ = 0;
  bool quoted_ = false;
  bool escaped_ = false;  ///< the byte before was an escape in quotes
};

/// Decodes one record, without its line end, as PostgreSQL reads CSV of that form: quotes may begin and end
/// within a value, and what has had one is the word for NULL only where the form says so. Views point into
/// `scratch`. False where quotes stay open.
bool decode_csv_record(std::string_view record, const CopyForm& form, std::vector<Field>& fields,
                       std::string& scratch);

}  // namespace pg2crdb
