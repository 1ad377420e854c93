#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parser/migrations.h"
#include "support/byte_source.h"
#include "support/result.h"
#include "support/span.h"

namespace pg2crdb {

/// A piece of a dump.
struct Segment {
  enum class Kind {
    sql,        ///< one statement with its semicolon (missing at the end of a truncated file)
    insert,     ///< one INSERT INTO ... statement: same, told apart by its first words
    copy_data,  ///< the rows after COPY ... FROM stdin; text is empty, only the span and the count are known
    meta_command,  ///< a psql command: from its backslash to the line's end or the next command
    toc_comment,   ///< pg_dump's `-- Name: x; Type: y; Schema: z; Owner: o` line, and its first and last line
    migration_mark,  ///< a comment line that a migration tool takes for an order, or nearly: see `mark`
    way_comment,     ///< a comment that reads like the mark of a tool that is not known; none where one is
  };
  Kind kind = Kind::sql;
  uint64_t begin = 0;  ///< bytes of the uncompressed text; leading blanks and comments are not part of it
  uint64_t end = 0;
  uint64_t line = 0;      ///< of `begin`, from 1
  uint64_t column = 0;    ///< of `begin`, from 1, in characters
  std::string_view text;  ///< good until the next call
  uint64_t rows = 0;      ///< of copy_data
  bool complete = true;   ///< false: the file ended inside it (no semicolon, no `\.`, an open quote)
  bool ended_by_statement = false;  ///< of copy_data: no `\.` ends the rows, a statement does
  bool has_commands = false;        ///< psql's commands stand in the midst of the statement
  bool ended_by_command = false;    ///< the next segment is the command that sends the statement: `\gset`
  std::optional<MigrationMark> mark = {};  ///< of migration_mark
  bool indented = false;  ///< of migration_mark: blanks stand before it, where no tool looks for marks
};

/// Which comments are marks of a migration tool.
struct MarkOptions {
  bool wanted = true;                      ///< false: none
  std::optional<MigrationTool> tool = {};  ///< without one: all; that whose mark comes first is the file's
};

/// Cuts a dump into segments in one pass and constant memory (a window plus the longest statement; rows are
/// skipped at memory speed and never kept). Knows quotes, E'' strings, dollar quotes, nested comments, BEGIN
/// ATOMIC bodies, CRLF, a UTF-8 byte order mark, psql's commands, and where a migration tool's mark ends a
/// statement.
class DumpReader {
 public:
  explicit DumpReader(ByteSource& source, MarkOptions marks = {});
  ~DumpReader();

  /// The next segment; nothing at the end. An error is unreadable input, NUL bytes, or a statement that is
  /// longer than `max_statement`.
  Result<std::optional<Segment>> next();

  /// Bytes read so far, and the SHA-256 of all of them once next() said nothing.
  uint64_t bytes() const;
  std::string sha256() const;

  static constexpr size_t max_statement = size_t{1} << 30;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pg2crdb
