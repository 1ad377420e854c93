#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parser/dump_reader.h"
#include "plan/copy_form.h"
#include "rows/csv.h"
#include "support/sha256.h"

namespace pg2crdb {

// Small enough to stay in a core's cache between the passes over it: read, digest, NUL search, scan.
constexpr size_t window_size = size_t{512} << 10;

/// pg_dump's `-- Name: towns; Type: TABLE; ...`, and the lines with which it begins and ends a dump.
bool is_toc_comment(std::string_view line);

/// What rows follow a statement or psql command that copies.
struct RowsFollow {
  enum class Form { none, text, other, csv };  ///< other: text with options
  Form form = Form::none;
  size_t columns = 0;  ///< that are named
  CopyForm csv = {};
};

/// Of a COPY statement, or the arguments of psql's \copy.
RowsFollow rows_behind(std::string_view sql);

struct DumpReader::State {
  State(ByteSource& input, MarkOptions mark_options)
      : source(input),
        marks(mark_options),
        buffer(std::make_unique_for_overwrite<char[]>(window_size)),
        capacity(window_size) {}

  // What the functions below call byte `i` is counted from `begin`: the beginning of the segment being read.
  char at(size_t i) const { return buffer[begin + i]; }
  size_t available() const { return end - begin; }
  bool has(size_t i) {
    while (i >= available()) {
      if (!more()) return false;
    }
    return true;
  }

  bool more();
  void make_room();
  void fail(std::string message, std::string advice);
  void fail_utf16();

  void advance(size_t count);
  Segment take(Segment::Kind kind, size_t size, bool complete);

  std::optional<size_t> skip_line(size_t i);
  std::optional<size_t> skip_quoted(size_t i, char quote);
  std::optional<size_t> skip_escaped(size_t i);
  std::optional<size_t> skip_dollar(size_t i);
  std::optional<size_t> skip_block_comment(size_t i);
  size_t skip_blanks_and_comments(size_t i);
  std::string word(size_t& i);

  // Where a statement ends, and where what follows it begins: behind a semicolon both are the same.
  struct StatementEnd {
    size_t end = 0;
    size_t next = 0;
    bool complete = true;
    bool has_commands = false;
    bool by_command = false;
  };

  bool begins_file();
  std::optional<MigrationMark> mark_in(std::string_view text) const;
  bool reads_like_mark(std::string_view comment) const;
  bool ends_statement(std::string_view comment) const;
  std::string_view line_at(size_t i);
  Segment statement();
  bool begins_body(size_t i);
  StatementEnd statement_end(std::string_view first_word);
  bool ends_at_command(size_t& i, StatementEnd& found);
  Segment meta_command();
  void skip_rows(bool may_end);
  bool skip_csv_line(CsvScanner& scanner);
  Segment rows();
  bool at_end_of_rows(size_t& marker);
  bool is_one_column();
  bool begins_statement(bool one_column);
  bool is_row_all_the_same();
  std::optional<Segment> next();

  ByteSource& source;
  MarkOptions marks;
  std::optional<MigrationTool> file_tool;  // of the first mark: from there on, its marks end statements
  std::unique_ptr<char[]> buffer;
  size_t capacity;
  size_t begin = 0;
  size_t end = 0;
  uint64_t base = 0;  // of buffer[0] in the input
  uint64_t line = 1;  // of buffer[begin]
  uint64_t column = 1;
  uint64_t bytes = 0;
  bool begun = false;
  bool at_end = false;
  RowsFollow rows_follow;
  uint64_t rows_until = 0;  // lines before this byte are rows, whatever they look like
  std::optional<Error> error;
  Sha256 digest;
  std::string sha256;
};

}  // namespace pg2crdb
