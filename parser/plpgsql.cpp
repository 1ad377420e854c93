#include "parser/plpgsql.h"

#include <algorithm>

#include "parser/move_offsets.h"
#include "parser/plpgsql_reader.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using transform::Token;

/// The first string behind the word AS, of DO the first that names no language.
const Token* body_string(const std::vector<Token>& tokens) {
  const bool is_do = !tokens.empty() && tokens[0].is("do");
  int depth = 0;
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].is("(")) ++depth;
    if (tokens[i].is(")")) --depth;
    if (depth > 0 || tokens[i].kind != Token::Kind::string) continue;
    if (is_do ? !tokens[i - 1].is("language") : tokens[i - 1].is("as")) return &tokens[i];
  }
  return nullptr;
}

}  // namespace

BodyPlaces::BodyPlaces(const std::string& statement, std::string_view body) {
  const transform::ScannedSql scanned = transform::scan(statement);
  const Token* string = body_string(scanned.tokens);
  if (string == nullptr) return;
  begin_ = string->begin;
  if (!read(string->text, string->begin, body)) runs_.clear();
}

/// The bytes of `body` are found one after the other, so that whatever is not as expected is noticed.
bool BodyPlaces::read(std::string_view literal, size_t begin, std::string_view body) {
  if (literal[0] == '$') {
    const size_t content = literal.find('$', 1) + 1;
    runs_.push_back({0, begin + content});
    return literal.size() == body.size() + 2 * content && literal.substr(content, body.size()) == body;
  }
  const bool escapes = lower(literal[0]) == 'e';
  if (!escapes && literal[0] != '\'') return false;
  size_t at = escapes ? 2 : 1;
  for (size_t i = 0; i < body.size(); ++i) {
    if (at + 1 >= literal.size()) return false;
    size_t length = 1;
    char c = literal[at];
    if (c == '\'') {
      if (literal[at + 1] != '\'') return false;  // the string goes on in another line
      length = 2;
    } else if (c == '\\' && escapes) {
      constexpr std::string_view letters = "bfnrt", meant = "\b\f\n\r\t";
      const size_t letter = letters.find(literal[at + 1]);
      if (is_digit(literal[at + 1]) || literal[at + 1] == 'x' || lower(literal[at + 1]) == 'u') return false;
      c = letter == std::string_view::npos ? literal[at + 1] : meant[letter];
      length = 2;
    }
    if (c != body[i]) return false;
    if (runs_.empty() || i - runs_.back().body != begin + at - runs_.back().statement)
      runs_.push_back({i, begin + at});
    at += length;
  }
  if (runs_.empty()) runs_.push_back({0, begin + at});
  return at + 1 == literal.size();
}

size_t BodyPlaces::at(size_t offset) const {
  const auto next = std::ranges::upper_bound(runs_, offset, {}, &Run::body);
  if (next == runs_.begin()) return begin_;
  const Run& run = *std::prev(next);
  return run.statement + (offset - run.body);
}

ParsedBody parse_plpgsql(const std::string& body, std::string_view routine) {
  try {
    return {transform::BodyReader(body, routine).read(), {}, -1};
  } catch (const transform::BodyError& error) {
    return {std::nullopt, error.message, error.offset};
  }
}

ParsedBody parse_plpgsql(const std::string& body, const BodyPlaces& places, std::string_view routine) {
  ParsedBody parsed = parse_plpgsql(body, routine);
  const auto moved = [&](size_t offset) { return places.at(offset); };
  if (parsed.body) move_offsets(*parsed.body, moved);
  if (parsed.error_offset >= 0)
    parsed.error_offset = static_cast<int32_t>(moved(static_cast<size_t>(parsed.error_offset)));
  return parsed;
}

}  // namespace pg2crdb
