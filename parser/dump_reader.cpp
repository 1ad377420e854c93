#include "parser/dump_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "parser/migration_ways.h"
#include "parser/psql.h"
#include "plan/copy_form.h"
#include "support/ascii.h"
#include "support/sha256.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

// Small enough to stay in a core's cache between the passes over it: read, digest, NUL search, scan.
constexpr size_t window_size = size_t{512} << 10;

enum ByteClass : uint8_t {
  plain,
  single_quote,
  double_quote,
  dollar,
  dash,
  slash,
  open_parenthesis,
  close_parenthesis,
  semicolon,
  backslash,
  letter,
};

bool is_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv);
}

using ByteClasses = std::array<uint8_t, 256>;

// `blocks`: with what tells whether a semicolon stands inside of something.
constexpr ByteClasses make_classes(bool blocks) {
  ByteClasses classes = {};
  if (blocks) {
    for (size_t c = 0; c < classes.size(); ++c) {
      if (begins_name(static_cast<char>(c))) classes[c] = letter;
    }
    classes['('] = open_parenthesis;
    classes[')'] = close_parenthesis;
  }
  classes['\''] = single_quote;
  classes['"'] = double_quote;
  classes['$'] = dollar;
  classes['-'] = dash;
  classes['/'] = slash;
  classes[';'] = semicolon;
  classes['\\'] = backslash;
  return classes;
}

constexpr ByteClasses statement_bytes = make_classes(false);
constexpr ByteClasses block_bytes = make_classes(true);

// Of what `begins_statement` knows, and of an empty line.
constexpr std::array<bool, 256> make_first_bytes() {
  std::array<bool, 256> bytes = {};
  for (const char c : "ACDGIRSUacdgirsu-\\\n"sv) bytes[static_cast<unsigned char>(c)] = true;
  return bytes;
}
constexpr std::array<bool, 256> begins_word = make_first_bytes();

// `-- Name: towns; Type: TABLE; Schema: public; Owner: postgres`, `-- Data for Name: towns; Type: TABLE DATA;
// ...`, and the lines with which pg_dump begins and ends a dump.
bool is_toc_comment(std::string_view line) {
  constexpr std::array products = {"-- PostgreSQL database "sv, "-- YSQL database "sv,
                                   "-- EnterpriseDB database "sv, "-- Greenplum Database database "sv};
  constexpr std::array ends = {"dump"sv, "dump complete"sv, "cluster dump"sv, "cluster dump complete"sv};
  for (const std::string_view product : products) {
    if (line.starts_with(product))
      return std::find(ends.begin(), ends.end(), line.substr(product.size())) != ends.end();
  }
  return (line.starts_with("-- Name: "sv) || line.starts_with("-- Data for Name: "sv)) &&
         line.find("; Type: "sv) != std::string_view::npos;
}

/// What rows follow a statement or psql command that copies.
struct RowsFollow {
  enum class Form { none, text, other, csv };  ///< other: text with options
  Form form = Form::none;
  size_t columns = 0;  ///< that are named
};

RowsFollow::Form form_of_rows(std::string_view options) {
  if (read_copy_form(options).csv) return RowsFollow::Form::csv;
  return options.find_first_not_of("; \t\r\n") == std::string_view::npos ? RowsFollow::Form::text
                                                                         : RowsFollow::Form::other;
}

// The words of a COPY statement outside quotes and parentheses, up to FROM STDIN, and what comes behind.
RowsFollow rows_behind(std::string_view sql) {
  RowsFollow follow;
  bool after_from = false;
  int depth = 0;
  for (size_t i = 0; i < sql.size();) {
    const char c = sql[i];
    if (c == '\'' || c == '"') {
      const size_t end = sql.find(c, i + 1);
      if (end == std::string_view::npos) return {};
      i = end + 1;
      after_from = false;
    } else if (begins_name(c)) {
      const size_t begin = i;
      while (i < sql.size() && in_name(sql[i])) ++i;
      if (depth > 0) continue;
      const std::string word = lower(sql.substr(begin, i - begin));
      if (after_from) {
        if (word == "stdin") follow.form = form_of_rows(sql.substr(i));
        return follow;
      }
      after_from = word == "from";
    } else {
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if (c == '(' || c == ',') ++follow.columns;
      ++i;
    }
  }
  return {};
}

// Whether a line among rows can only be a statement or a comment of a script: a row of so many columns has
// more tabs. Of one column, any line may be a row; 0: their number is not known.
bool begins_statement(std::string_view line, size_t columns) {
  constexpr std::array words = {"ALTER "sv,  "COMMENT "sv, "COMMIT;"sv, "COPY "sv,  "CREATE "sv,
                                "DROP "sv,   "GRANT "sv,   "INSERT "sv, "RESET "sv, "REVOKE "sv,
                                "SELECT "sv, "SET "sv,     "UPDATE "sv, "-- "sv,    "\\connect "sv};
  if (columns == 1 || line.find('\t') != std::string_view::npos) return false;
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return line.size() >= word.size() && std::equal(word.begin(), word.end(), line.begin(),
                                                    [](char a, char b) { return lower(a) == lower(b); });
  });
}

}  // namespace

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
  bool skip_csv_line(bool& quoted);
  Segment rows();
  bool at_end_of_rows(size_t& marker);
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
  std::optional<Error> error;
  Sha256 digest;
  std::string sha256;
};

void DumpReader::State::fail(std::string message, std::string advice) {
  error = Error{};
  error->message = std::move(message);
  error->advice = std::move(advice);
  at_end = true;
}

void DumpReader::State::fail_utf16() {
  fail("the input is UTF-16 text, not UTF-8",
       "write the dump again with `pg_dump -f dump.sql`: PowerShell's `>` changes the encoding");
}

void DumpReader::State::make_room() {
  if (begin == end) {
    base += begin;
    begin = end = 0;
    return;
  }
  if (capacity - end >= window_size / 2) return;
  if (begin >= window_size / 2) {
    std::memmove(buffer.get(), buffer.get() + begin, end - begin);
  } else {
    capacity *= 2;
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    std::memcpy(larger.get(), buffer.get() + begin, end - begin);
    buffer = std::move(larger);
  }
  base += begin;
  end -= begin;
  begin = 0;
}

// Reads on. False at the end of the input, and where it cannot be read: `error` is set then.
bool DumpReader::State::more() {
  if (at_end) return false;
  if (available() > max_statement) {
    fail("the statement in line " + std::to_string(line) + " is longer than 1 GiB",
         "an unclosed quote or comment is the usual cause");
    return false;
  }
  make_room();
  const Result<size_t> count = source.read(buffer.get() + end, std::min(capacity - end, window_size));
  if (!count) {
    error = count.error();
    at_end = true;
    return false;
  }
  if (*count == 0) {
    at_end = true;
    return false;
  }
  const char* read = buffer.get() + end;
  digest.add({read, *count});
  if (const void* nul = std::memchr(read, '\0', *count); nul != nullptr) {
    if (bytes == 0 && is_utf16(std::string_view(read, *count))) {
      fail_utf16();
      return false;
    }
    const char* text = buffer.get() + begin;
    const auto newlines = std::count(text, static_cast<const char*>(nul), '\n');
    fail("line " + std::to_string(line + static_cast<uint64_t>(newlines)) +
             " holds a NUL byte: this is no SQL text",
         "write the dump again with `pg_dump -f dump.sql`");
    return false;
  }
  end += *count;
  bytes += *count;
  return true;
}

void DumpReader::State::advance(size_t count) {
  const char* text = buffer.get() + begin;
  const char* stop = text + count;
  while (const void* newline = std::memchr(text, '\n', static_cast<size_t>(stop - text))) {
    ++line;
    column = 1;
    text = static_cast<const char*>(newline) + 1;
  }
  column += count_characters({text, static_cast<size_t>(stop - text)});
  begin += count;
}

Segment DumpReader::State::take(Segment::Kind kind, size_t size, bool complete) {
  Segment segment;
  segment.kind = kind;
  segment.begin = base + begin;
  segment.end = segment.begin + size;
  segment.line = line;
  segment.column = column;
  segment.text = std::string_view(buffer.get() + begin, size);
  segment.complete = complete;
  advance(size);
  return segment;
}

// The line end after `i`, which is not part of the line, or the input's end.
std::optional<size_t> DumpReader::State::skip_line(size_t i) {
  while (has(i)) {
    const char* text = buffer.get() + begin;
    const void* newline = std::memchr(text + i, '\n', available() - i);
    if (newline != nullptr) return static_cast<size_t>(static_cast<const char*>(newline) - text);
    i = available();
  }
  return std::nullopt;
}

// From the byte after the opening quote to the byte after the closing one.
std::optional<size_t> DumpReader::State::skip_quoted(size_t i, char quote) {
  while (has(i)) {
    const char* text = buffer.get() + begin;
    const void* found = std::memchr(text + i, quote, available() - i);
    if (found == nullptr) {
      i = available();
      continue;
    }
    i = static_cast<size_t>(static_cast<const char*>(found) - text) + 1;
    if (!has(i) || at(i) != quote) return i;
    ++i;
  }
  return std::nullopt;
}

std::optional<size_t> DumpReader::State::skip_escaped(size_t i) {
  while (has(i)) {
    const char c = at(i++);
    if (c == '\\') {
      ++i;
    } else if (c == '\'') {
      if (!has(i) || at(i) != '\'') return i;
      ++i;
    }
  }
  return std::nullopt;
}

// From a dollar sign to the byte after the closing tag; to the next byte where it opens no string.
std::optional<size_t> DumpReader::State::skip_dollar(size_t i) {
  size_t tag_end = i + 1;
  while (has(tag_end) && at(tag_end) != '$' && in_name(at(tag_end))) ++tag_end;
  const bool starts_with_digit = has(i + 1) && is_digit(at(i + 1));
  if (!has(tag_end) || at(tag_end) != '$' || starts_with_digit) return i + 1;
  const std::string tag(buffer.get() + begin + i, tag_end + 1 - i);

  i = tag_end + 1;
  while (has(i)) {
    const char* text = buffer.get() + begin;
    const void* found = std::memchr(text + i, '$', available() - i);
    if (found == nullptr) {
      i = available();
      continue;
    }
    i = static_cast<size_t>(static_cast<const char*>(found) - text);
    if (!has(i + tag.size() - 1)) return std::nullopt;
    if (std::string_view(buffer.get() + begin + i, tag.size()) == tag) return i + tag.size();
    ++i;
  }
  return std::nullopt;
}

std::optional<size_t> DumpReader::State::skip_block_comment(size_t i) {
  size_t depth = 1;
  i += 2;
  while (has(i + 1)) {
    if (at(i) == '*' && at(i + 1) == '/') {
      i += 2;
      if (--depth == 0) return i;
    } else if (at(i) == '/' && at(i + 1) == '*') {
      i += 2;
      ++depth;
    } else {
      ++i;
    }
  }
  return std::nullopt;
}

size_t DumpReader::State::skip_blanks_and_comments(size_t i) {
  while (has(i)) {
    if (is_blank(at(i))) {
      ++i;
      continue;
    }
    std::optional<size_t> after;
    if (at(i) == '-' && has(i + 1) && at(i + 1) == '-') {
      after = skip_line(i);
    } else if (at(i) == '/' && has(i + 1) && at(i + 1) == '*') {
      after = skip_block_comment(i);
    }
    if (!after) return i;
    i = *after;
  }
  return i;
}

// The word at `i` in lower case, `i` moves behind it. Empty where there is none.
std::string DumpReader::State::word(size_t& i) {
  const size_t first = i;
  if (has(i) && begins_name(at(i))) {
    while (has(i) && in_name(at(i))) ++i;
  }
  return lower({buffer.get() + begin + first, i - first});
}

// The line from byte `i` on, without blanks at its end.
std::string_view DumpReader::State::line_at(size_t i) {
  const size_t line_end = skip_line(i).value_or(available());
  std::string_view text(buffer.get() + begin + i, line_end - i);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The mark that a comment is, of the tool that is asked for or else of any.
std::optional<MigrationMark> DumpReader::State::mark_in(std::string_view text) const {
  const std::optional<MigrationMark> mark = marks.wanted ? migration_mark(text) : std::nullopt;
  return mark && marks.tool && *marks.tool != mark->tool ? std::nullopt : mark;
}

/// Only where no tool is known: to those that are, it is a comment.
bool DumpReader::State::reads_like_mark(std::string_view comment) const {
  return marks.wanted && !marks.tool && !file_tool && way_comment(comment);
}

bool DumpReader::State::ends_statement(std::string_view comment) const {
  const std::optional<MigrationMark> mark = mark_in(comment);
  return mark && mark->tool == file_tool;
}

// At a backslash outside of quotes. True: the statement ends before it. Else `i` moves behind psql's command.
bool DumpReader::State::ends_at_command(size_t& i, StatementEnd& found) {
  const std::string_view text = line_at(i);
  found.end = i;
  found.next = i;
  if (text.starts_with("\\;")) {
    found.next = i + 2;
    return true;
  }
  const PsqlCommand command = read_psql_command(text);
  if (command.ends_statement()) {
    found.by_command = true;
    return true;
  }
  found.has_commands = true;
  i += text.starts_with("\\:") ? 2 : std::max<size_t>(command.size, 1);
  return false;
}

// Whether BEGIN before `i` is that of BEGIN ATOMIC.
bool DumpReader::State::begins_body(size_t i) {
  i = skip_blanks_and_comments(i);
  return word(i) == "atomic";
}

// Where the statement at `begin` ends, whose first word is given. Semicolons do not end it in BEGIN ATOMIC
// ... END of CREATE FUNCTION and PROCEDURE, where psql asks for BEGIN alone (psqlscan.l) and so never ends a
// function of that name; and, of all that may stand in parentheses, in the actions of CREATE RULE.
DumpReader::State::StatementEnd DumpReader::State::statement_end(std::string_view first_word) {
  StatementEnd found;
  size_t i = first_word.size();
  bool rule = false;
  bool function = false;
  if (first_word == "create") {
    i = skip_blanks_and_comments(i);
    std::string kind = word(i);
    if (kind == "or") {
      i = skip_blanks_and_comments(i);
      word(i);
      i = skip_blanks_and_comments(i);
      kind = word(i);
    }
    rule = kind == "rule";
    function = kind == "function" || kind == "procedure";
  }
  const ByteClasses& classes = function || rule ? block_bytes : statement_bytes;
  int parentheses = 0;
  int blocks = 0;
  while (has(i)) {
    const char* text = buffer.get() + begin;
    const size_t size = available();
    while (i < size && classes[static_cast<unsigned char>(text[i])] == plain) ++i;
    if (i == size) continue;

    std::optional<size_t> after = i + 1;
    switch (classes[static_cast<unsigned char>(text[i])]) {
      case single_quote: {
        const bool escapes = i > 0 && lower(text[i - 1]) == 'e' && (i == 1 || !in_name(text[i - 2]));
        after = escapes ? skip_escaped(i + 1) : skip_quoted(i + 1, '\'');
        break;
      }
      case double_quote:
        after = skip_quoted(i + 1, '"');
        break;
      case dollar:
        if (i == 0 || !in_name(text[i - 1])) after = skip_dollar(i);
        break;
      case dash:
        if (has(i + 1) && at(i + 1) == '-') {
          if (file_tool && i > 0 && at(i - 1) == '\n' && ends_statement(line_at(i))) {
            found.end = found.next = i;
            return found;
          }
          after = skip_line(i);
        }
        break;
      case slash:
        if (has(i + 1) && at(i + 1) == '*') after = skip_block_comment(i);
        break;
      case backslash:
        if (ends_at_command(i, found)) return found;
        after = i;
        break;
      case open_parenthesis:
        ++parentheses;
        break;
      case close_parenthesis:
        parentheses = std::max(parentheses - 1, 0);
        break;
      case semicolon:
        if (!(rule && parentheses > 0) && blocks == 0) {
          found.end = found.next = i + 1;
          return found;
        }
        break;
      case letter: {
        size_t behind = i;
        const std::string name = word(behind);
        const bool of_another = i > 0 && at(i - 1) == '.';  // a.end
        if (function && parentheses == 0 && !of_another) {
          if ((name == "begin" && begins_body(behind)) || (name == "case" && blocks > 0)) ++blocks;
          if (name == "end" && blocks > 0) --blocks;
        }
        after = behind;
        break;
      }
      default:
        break;
    }
    if (!after) break;
    i = *after;
  }
  found.end = found.next = available();
  found.complete = false;
  return found;
}

Segment DumpReader::State::statement() {
  size_t behind = 0;
  const std::string first_word = word(behind);
  const StatementEnd found = statement_end(first_word);
  size_t size = found.end;
  while (size > 0 && is_blank(at(size - 1))) --size;
  Segment segment =
      take(first_word == "insert" ? Segment::Kind::insert : Segment::Kind::sql, size, found.complete);
  segment.has_commands = found.has_commands;
  segment.ended_by_command = found.by_command;
  rows_follow = segment.complete && first_word == "copy" ? rows_behind(segment.text) : RowsFollow();
  advance(found.next - size);
  return segment;
}

// Whether the line at `begin` is `\.`; `marker` is its length then, line end included.
bool DumpReader::State::at_end_of_rows(size_t& marker) {
  if (!has(1) || at(0) != '\\' || at(1) != '.') return false;
  marker = 2;
  if (has(marker) && at(marker) == '\r') ++marker;
  if (!has(marker)) return true;
  return at(marker++) == '\n';
}

// Row by row, until the window ends or a row begins like the end marker, or, where `may_end` says so, like a
// statement.
void DumpReader::State::skip_rows(bool may_end) {
  const char* text = buffer.get() + begin;
  const char* const stop = buffer.get() + end;
  const char* newline = nullptr;
  while ((newline = static_cast<const char*>(std::memchr(text, '\n', static_cast<size_t>(stop - text))))) {
    ++line;
    text = newline + 1;
    if (text == stop || *text == '\\' || (may_end && begins_word[static_cast<unsigned char>(*text)])) break;
  }
  begin = static_cast<size_t>(text - buffer.get());
  // A row that is longer than the window.
  while (newline == nullptr) {
    begin = end;
    if (!more()) break;
    newline = static_cast<const char*>(std::memchr(buffer.get() + begin, '\n', available()));
    if (newline == nullptr) continue;
    ++line;
    begin = static_cast<size_t>(newline + 1 - buffer.get());
  }
}

// A line of rows in CSV. True where a row ends with it: a line end in quotes is the value's.
bool DumpReader::State::skip_csv_line(bool& quoted) {
  while (has(0)) {
    const std::string_view text(buffer.get() + begin, available());
    const size_t size = std::min(text.find('\n'), text.size());
    const auto quotes = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(size), '"');
    if (quotes % 2 != 0) quoted = !quoted;
    begin += size;
    if (size == text.size()) continue;
    ++begin;
    ++line;
    return !quoted;
  }
  return true;
}

Segment DumpReader::State::rows() {
  Segment segment;
  segment.kind = Segment::Kind::copy_data;
  segment.begin = base + begin;
  segment.line = line;
  segment.column = 1;
  segment.complete = false;
  column = 1;
  const RowsFollow follow = std::exchange(rows_follow, {});
  const bool may_end = follow.form == RowsFollow::Form::text && follow.columns != 1;
  bool quoted = false;
  size_t marker = 0;
  std::optional<std::pair<uint64_t, uint64_t>> blank;  // where empty lines begin, and in which line
  while (has(0) && !segment.complete) {
    if (at(0) == '\\' && at_end_of_rows(marker)) {
      segment.complete = true;
    } else if (may_end && begins_word[static_cast<unsigned char>(at(0))] &&
               begins_statement(line_at(0), follow.columns)) {
      segment.ended_by_statement = true;
      break;
    } else if (may_end && at(0) == '\n') {
      if (!blank) blank = {base + begin, line};
      ++begin;
      ++line;
      continue;
    } else if (follow.form == RowsFollow::Form::csv) {
      segment.rows += skip_csv_line(quoted) ? 1 : 0;
    } else {
      skip_rows(may_end);
    }
    blank.reset();
  }
  const auto [rows_end, end_line] =
      segment.ended_by_statement && blank ? *blank : std::pair(base + begin, line);
  segment.end = rows_end;
  if (follow.form != RowsFollow::Form::csv) segment.rows = end_line - segment.line;
  if (segment.complete) advance(marker);
  return segment;
}

Segment DumpReader::State::meta_command() {
  const PsqlCommand command = read_psql_command(line_at(0));
  const size_t size = std::max<size_t>(command.size, 1);
  if (command.name == "copy") rows_follow = rows_behind(command.arguments);
  return take(Segment::Kind::meta_command, size, true);
}

bool DumpReader::State::begins_file() {
  begun = true;
  if (!has(1)) return true;
  const std::string_view two(buffer.get() + begin, 2);
  if (is_utf16(two)) {
    fail_utf16();
    return false;
  }
  if (has(2) && std::string_view(buffer.get() + begin, 3) == "\xef\xbb\xbf"sv) begin += 3;
  return true;
}

std::optional<Segment> DumpReader::State::next() {
  if (!begun && !begins_file()) return std::nullopt;
  bool only_blanks = false;  // on this line, so far
  while (has(0)) {
    const char c = at(0);
    const bool begins_line = column == 1 || only_blanks;
    only_blanks = begins_line && is_blank(c);
    if (c == '\n') {
      ++begin;
      ++line;
      column = 1;
      if (rows_follow.form != RowsFollow::Form::none) return rows();
    } else if (is_blank(c) || c == ';') {
      ++begin;
      ++column;
    } else if (c == '\\') {
      return meta_command();
    } else if (c == '-' && has(1) && at(1) == '-') {
      const std::string_view text = line_at(0);
      if (is_toc_comment(text)) return take(Segment::Kind::toc_comment, text.size(), true);
      if (const auto mark = begins_line ? mark_in(text) : std::nullopt) {
        if (!file_tool) file_tool = mark->tool;
        const bool indented = column > 1;
        Segment segment = take(Segment::Kind::migration_mark, text.size(), true);
        segment.mark = mark;
        segment.indented = indented;
        return segment;
      }
      if (begins_line && reads_like_mark(text)) return take(Segment::Kind::way_comment, text.size(), true);
      advance(text.size());
    } else if (c == '/' && has(1) && at(1) == '*') {
      const std::optional<size_t> after = skip_block_comment(0);
      if (!after) return take(Segment::Kind::sql, available(), false);
      if (begins_line && reads_like_mark({buffer.get() + begin, *after}))
        return take(Segment::Kind::way_comment, *after, true);
      advance(*after);
    } else {
      return statement();
    }
  }
  if (rows_follow.form != RowsFollow::Form::none) return rows();
  return std::nullopt;
}

DumpReader::DumpReader(ByteSource& source, MarkOptions marks)
    : state_(std::make_unique<State>(source, marks)) {}
DumpReader::~DumpReader() = default;

Result<std::optional<Segment>> DumpReader::next() {
  State& state = *state_;
  std::optional<Segment> segment = state.next();
  if (state.error) return *state.error;
  if (!segment && state.sha256.empty()) state.sha256 = state.digest.hexadecimal();
  return segment;
}

uint64_t DumpReader::bytes() const {
  return state_->bytes;
}
std::string DumpReader::sha256() const {
  return state_->sha256;
}

}  // namespace pg2crdb
