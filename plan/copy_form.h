#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace pg2crdb {

/// How the rows behind a COPY are written, or those of a file of CSV.
struct CopyForm {
  enum class Header {
    none,
    names,  ///< the first row has the columns' names, and is no row
    match,  ///< the same, and they have to be those that are copied, in their order
  };
  /// Columns that an option names.
  struct Columns {
    bool all = false;
    std::vector<std::string> names = {};
    bool any() const { return all || !names.empty(); }
  };

  bool csv = false;
  std::string delimiter = "\t";  ///< one byte
  std::string null = "\\N";      ///< the word for NULL, as it stands in a row
  std::string quote = "\"";      ///< one byte; of CSV, as all that follows
  std::string escape = "\"";     ///< one byte: before a quote in quotes, and before itself
  Header header = Header::none;
  Columns force_null;      ///< the word for NULL means it in quotes, too
  Columns force_not_null;  ///< it never does
  /// The first option that no load can read, as it is written: "ENCODING 'latin1'"; empty: all can be read.
  std::string unread;
};

/// COPY's text format as pg_dump writes it, in which each line is a row.
bool is_plain_copy(const CopyForm& form);

/// What stands behind FROM STDIN, of what PostgreSQL's grammar takes: `WITH (FORMAT csv, HEADER)`, `CSV NULL
/// 'x' DELIMITER ';' FORCE NOT NULL a, b`, `WHERE x`.
CopyForm read_copy_form(std::string_view options);

/// The same of a whole COPY ... FROM STDIN.
CopyForm form_of_copy(std::string_view statement);

/// Whether a client's encoding says that bytes are UTF-8: UTF8, utf-8, UNICODE; and SQL_ASCII, which says
/// nothing about what they are.
bool may_be_utf8(std::string_view encoding);

}  // namespace pg2crdb
