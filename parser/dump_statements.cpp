// Where a statement of a dump ends.
#include <algorithm>
#include <array>
#include <string>

#include "parser/dump_reader_state.h"
#include "parser/psql.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

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

}  // namespace

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

}  // namespace pg2crdb
