#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// A value of a row, decoded: the bytes that PostgreSQL's type output function printed.
struct Field {
  std::string_view text;
  bool null = false;
};

/// Decodes one row of COPY's text format (without its line end) into fields. Views point into `line`, or into
/// `scratch` (cleared first) where a field had backslash escapes. False where the line ends inside an escape.
/// `null` is the word for NULL, as it stands in the row.
bool decode_copy_row(std::string_view line, std::vector<Field>& fields, std::string& scratch,
                     char delimiter = '\t', std::string_view null = "\\N");

/// Appends a row in COPY's text format, line end included.
void append_copy_row(std::string& out, const std::vector<Field>& fields);

/// Appends a value in CSV as CockroachDB and PostgreSQL both read it: NULL is an unquoted nothing, the empty
/// string "". Quoted whenever empty, or with a quote, comma, CR, LF, backslash, leading or trailing blank
/// (crdb-observed, COPY).
void append_csv_field(std::string& out, const Field& field);
/// Appends a row in CSV, "\n" included. A row of one NULL column is an empty line, there is no other way to
/// write it: COPY reads it as NULL (CockroachDB's csvReader has DontSkipEmptyLines there), readers of CSV
/// files may skip it.
void append_csv_row(std::string& out, const std::vector<Field>& fields);

}  // namespace pg2crdb
