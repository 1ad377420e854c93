#pragma once
#include <string>
#include <string_view>

namespace pg2crdb {

/// How the rows behind a COPY are written.
struct CopyForm {
  bool csv = false;
  std::string delimiter = "\t";  ///< one byte
  std::string null = "\\N";      ///< the word for NULL, as it stands in a row
  bool header = false;           ///< the first row has the columns' names
};

/// What stands behind FROM STDIN: `WITH (FORMAT csv, HEADER)`, `CSV NULL 'x' DELIMITER ';'`. Of options that
/// PostgreSQL's grammar takes, those that are none of the form are passed over.
CopyForm read_copy_form(std::string_view options);

/// The same of a whole COPY ... FROM STDIN.
CopyForm form_of_copy(std::string_view statement);

}  // namespace pg2crdb
