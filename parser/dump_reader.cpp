#include "parser/dump_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "parser/dump_reader_state.h"
#include "parser/migration_ways.h"
#include "parser/psql.h"
#include "support/ascii.h"
#include "support/utf8.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

bool is_utf16(std::string_view text) {
  return text.starts_with("\xff\xfe"sv) || text.starts_with("\xfe\xff"sv);
}

}  // namespace

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
