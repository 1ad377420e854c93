// The rows behind a COPY: where they end, and how many they are.
#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "parser/dump_reader_state.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

// Of what `looks_like_statement` knows, and of an empty line.
constexpr std::array<bool, 256> make_first_bytes() {
  std::array<bool, 256> bytes = {};
  for (const char c : "ACDGIRSUacdgirsu-\\\n"sv) bytes[static_cast<unsigned char>(c)] = true;
  return bytes;
}
constexpr std::array<bool, 256> begins_word = make_first_bytes();

// Whether a line among rows reads like a statement or a comment of a script, and is a single value.
bool looks_like_statement(std::string_view line) {
  constexpr std::array words = {"ALTER "sv,  "COMMENT "sv, "COMMIT;"sv, "COPY "sv,  "CREATE "sv,
                                "DROP "sv,   "GRANT "sv,   "INSERT "sv, "RESET "sv, "REVOKE "sv,
                                "SELECT "sv, "SET "sv,     "UPDATE "sv, "-- "sv,    "\\connect "sv};
  if (line.find('\t') != std::string_view::npos) return false;
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return line.size() >= word.size() && std::equal(word.begin(), word.end(), line.begin(),
                                                    [](char a, char b) { return lower(a) == lower(b); });
  });
}

void take_form(std::string_view options, RowsFollow& follow) {
  const bool plain = options.find_first_not_of("; \t\r\n") == std::string_view::npos;
  follow.csv = read_copy_form(options);
  follow.form = follow.csv.csv ? RowsFollow::Form::csv
                : plain        ? RowsFollow::Form::text
                               : RowsFollow::Form::other;
}

}  // namespace

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
        if (word == "stdin") take_form(sql.substr(i), follow);
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
bool DumpReader::State::skip_csv_line(CsvScanner& scanner) {
  while (has(0)) {
    const std::string_view text(buffer.get() + begin, available());
    const size_t newline = text.find('\n');
    const std::string_view piece = text.substr(0, newline == std::string_view::npos ? newline : newline + 1);
    const bool ends = scanner.find_end(piece) != std::string_view::npos;
    scanner.next_piece();
    begin += piece.size();
    if (newline == std::string_view::npos) continue;
    ++line;
    if (ends) scanner.restart();
    return ends;
  }
  return true;
}

// Whether the rows that begin here are of one column: a row of several has tabs.
bool DumpReader::State::is_one_column() {
  constexpr size_t far = window_size / 4;
  for (size_t i = 0; i < far && has(i); ++i) {
    if (at(i) == '\t') return false;
    if (at(i) == '\n') break;
  }
  return true;
}

// Whether the line at `begin` is none of the rows, but the script's.
bool DumpReader::State::begins_statement(bool one_column) {
  return looks_like_statement(line_at(0)) && !(one_column && is_row_all_the_same());
}

// Of a single column any line may be a row: it is one where the mark that ends rows comes before anything
// that only a script has, or none of these for long.
bool DumpReader::State::is_row_all_the_same() {
  constexpr size_t far = size_t{1} << 20;
  if (base + begin < rows_until) return true;
  size_t i = 0;
  while (i < far) {
    const std::optional<size_t> line_end = skip_line(i);
    std::string_view text(buffer.get() + begin + i, line_end.value_or(available()) - i);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text == "\\.") break;
    const bool copies = looks_like_statement(text) && lower(text.substr(0, 4)) == "copy" &&
                        text.ends_with(';') && rows_behind(text).form != RowsFollow::Form::none;
    if (!line_end || copies || is_toc_comment(text)) return false;
    i = *line_end + 1;
  }
  rows_until = base + begin + i;
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
  const bool may_end = follow.form == RowsFollow::Form::text;
  const bool one_column = may_end && (follow.columns == 1 || (follow.columns == 0 && is_one_column()));
  CsvScanner scanner(follow.csv);
  size_t marker = 0;
  std::optional<std::pair<uint64_t, uint64_t>> blank;  // where empty lines begin, and in which line
  while (has(0) && !segment.complete) {
    if (at(0) == '\\' && at_end_of_rows(marker)) {
      segment.complete = true;
    } else if (may_end && begins_word[static_cast<unsigned char>(at(0))] && begins_statement(one_column)) {
      segment.ended_by_statement = true;
      break;
    } else if (may_end && at(0) == '\n') {
      if (!blank) blank = {base + begin, line};
      ++begin;
      ++line;
      continue;
    } else if (follow.form == RowsFollow::Form::csv) {
      segment.rows += skip_csv_line(scanner) ? 1 : 0;
    } else {
      skip_rows(may_end);
    }
    blank.reset();
  }
  const auto [rows_end, end_line] =
      segment.ended_by_statement && blank ? *blank : std::pair(base + begin, line);
  segment.end = rows_end;
  if (follow.form != RowsFollow::Form::csv) segment.rows = end_line - segment.line;
  if (scanner.inside_quotes()) ++segment.rows;  // no row is one that the load refuses
  if (segment.complete) advance(marker);
  return segment;
}

}  // namespace pg2crdb
