#include "driver/workload_shape.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "support/ascii.h"

namespace pg2crdb {
namespace {

using transform::Token;
using Tokens = std::span<const Token>;

bool is(Tokens tokens, size_t i, std::initializer_list<std::string_view> words) {
  return i < tokens.size() &&
         std::ranges::any_of(words, [&](std::string_view word) { return tokens[i].is(word); });
}

// --- shapes

bool is_number(const Token& token) {
  return token.kind == Token::Kind::other &&
         ((token.text[0] >= '0' && token.text[0] <= '9') ||
          (token.text[0] == '.' && token.text.size() > 1 && token.text[1] >= '0' && token.text[1] <= '9'));
}

/// `?` of a parameter, `?i` of an integer ...: a constant as PostgreSQL types it. Empty where it is none.
std::string_view mark_of(const Token& token) {
  if (token.kind == Token::Kind::string) {
    const char first = token.text[0];
    if (first == 'b' || first == 'B' || first == 'x' || first == 'X') return "?b";
    // An array of arrays is none that CockroachDB has.
    return token.text.find("{{") != std::string_view::npos ? "?a" : "?s";
  }
  if (token.kind == Token::Kind::other && token.text[0] == '$') return "?";
  if (!is_number(token)) return {};
  const bool is_hexadecimal = token.text.size() > 1 && lower(token.text.substr(0, 2)) == "0x";
  return is_hexadecimal || token.text.find_first_of(".eE") == std::string_view::npos ? "?i" : "?n";
}

/// Whether what the string says is more than a value: a pattern, a format, a name.
bool text_counts(Tokens tokens, size_t i) {
  constexpr std::array<std::string_view, 7> operators = {"~", "~*", "!~", "!~*", "@@", "@?", "to"};
  if (i > 0 && std::ranges::find(operators, lower(tokens[i - 1].text)) != operators.end()) return true;
  // The function that it is an argument of: not far before it, as lists are long.
  constexpr size_t farthest = 16;
  size_t depth = 0;
  for (size_t at = i; at-- > 0 && i - at <= farthest;) {
    if (tokens[at].text == ")") ++depth;
    if (tokens[at].text != "(") continue;
    if (depth > 0) {
      --depth;
      continue;
    }
    if (at == 0 || !tokens[at - 1].is_name()) return false;
    const std::string name = tokens[at - 1].name();
    constexpr std::array<std::string_view, 14> functions = {
        "current_", "date_",      "extract", "has_",      "jsonb_path", "nextval", "pg_",
        "regexp_",  "set_config", "setval",  "substring", "timezone",   "to_",     "ts_"};
    return std::ranges::any_of(functions, [&](std::string_view one) { return name.starts_with(one); });
  }
  return false;
}

bool is_mark(const std::string& word) {
  return word.size() <= 2 && word.starts_with('?') && (word.size() == 1 || word[1] >= 'a');
}

/// The `(` of the constants in parentheses that end with word `end`; `end` where there are none.
size_t begin_of_row(const std::vector<std::string>& words, size_t end) {
  if (words[end] != ")") return end;
  size_t at = end;
  while (at > 0 && (is_mark(words[at - 1]) || words[at - 1] == ",")) --at;
  return at > 0 && at < end && words[at - 1] == "(" ? at - 1 : end;
}

/// One for all rows of constants of the same kinds.
void merge_rows(std::vector<std::string>& words) {
  std::vector<std::string> merged;
  for (std::string& word : words) {
    merged.push_back(std::move(word));
    const size_t end = merged.size() - 1;
    const size_t begin = begin_of_row(merged, end);
    const size_t size = end - begin + 1;
    if (begin == end || begin < size + 1 || merged[begin - 1] != ",") continue;
    const auto row = merged.begin() + static_cast<ptrdiff_t>(begin);
    const auto before = row - 1 - static_cast<ptrdiff_t>(size);
    if (std::equal(row, merged.end(), before, row - 1)) merged.resize(begin - 1);
  }
  words = std::move(merged);
}

// --- parts

/// The `)` of a `(`; the end where there is none.
size_t closing(Tokens tokens, size_t open) {
  size_t depth = 0;
  for (size_t i = open; i < tokens.size(); ++i) {
    if (tokens[i].text == "(") ++depth;
    if (tokens[i].text == ")" && --depth == 0) return i;
  }
  return tokens.size();
}

/// Behind the first `word` outside of parentheses; the end where there is none.
size_t behind(Tokens tokens, std::string_view word) {
  for (size_t i = 1; i < tokens.size(); ++i) {
    if (tokens[i].is(word)) return i + 1;
    if (tokens[i].text == "(") i = closing(tokens, i);
  }
  return tokens.size();
}

bool begins_query(Tokens tokens, size_t i) {
  return is(tokens, i, {"select", "with", "values", "table", "(", "insert", "update", "delete", "merge"});
}

/// Of `WITH a AS (...), b AS (DELETE ...) SELECT ...`; empty where no common table changes rows.
std::vector<Tokens> common_tables(Tokens tokens) {
  std::vector<Tokens> parts;
  bool changes = false;
  size_t i = is(tokens, 1, {"recursive"}) ? 2 : 1;
  while (i < tokens.size()) {
    ++i;  // its name
    if (i < tokens.size() && tokens[i].text == "(") i = closing(tokens, i) + 1;
    if (!is(tokens, i, {"as"})) return {};
    ++i;
    while (is(tokens, i, {"not", "materialized"})) ++i;
    if (i >= tokens.size() || tokens[i].text != "(") return {};
    const size_t end = closing(tokens, i);
    if (end <= i + 1 || end == tokens.size()) return {};
    parts.push_back(tokens.subspan(i + 1, end - i - 1));
    changes = changes || is(parts.back(), 0, {"insert", "update", "delete", "merge"});
    i = end + 1;
    // SEARCH and CYCLE stand behind a common table, too.
    if (i >= tokens.size() || tokens[i].text != ",") break;
    ++i;
  }
  if (!changes || !begins_query(tokens, i)) return {};
  parts.push_back(tokens.subspan(i));
  return parts;
}

std::vector<Tokens> parts_of(Tokens tokens) {
  constexpr std::array<std::string_view, 26> of_sessions = {
      "abort", "begin",   "checkpoint", "close",     "commit", "copy", "deallocate", "declare", "discard",
      "end",   "execute", "explain",    "fetch",     "listen", "load", "move",       "notify",  "prepare",
      "reset", "release", "rollback",   "savepoint", "set",    "show", "start",      "unlisten"};
  const auto from = [&](size_t begin) {
    const bool holds =
        begins_query(tokens, begin) || (is(tokens, 0, {"explain"}) && is(tokens, begin, {"declare"}));
    return holds ? parts_of(tokens.subspan(begin)) : std::vector<Tokens>();
  };
  if (tokens.empty()) return {};
  if (is(tokens, 0, {"prepare"})) return from(behind(tokens, "as"));
  if (is(tokens, 0, {"declare"})) return from(behind(tokens, "for"));
  if (is(tokens, 0, {"explain"})) {
    size_t i = 1;
    if (i < tokens.size() && tokens[i].text == "(" && !begins_query(tokens, i + 1))
      i = closing(tokens, i) + 1;
    while (is(tokens, i, {"analyze", "analyse", "verbose"})) ++i;
    return from(i);
  }
  if (is(tokens, 0, {"copy"}) && tokens.size() > 1 && tokens[1].text == "(" && begins_query(tokens, 2))
    return parts_of(tokens.subspan(2, closing(tokens, 1) - 2));
  if (is(tokens, 0, {"with"})) {
    if (std::vector<Tokens> parts = common_tables(tokens); !parts.empty()) return parts;
  }
  if (std::ranges::find(of_sessions, lower(tokens[0].text)) != of_sessions.end()) return {};
  return {tokens};
}

}  // namespace

std::string shape_of(Tokens tokens) {
  const bool is_setting = is(tokens, 0, {"set"});
  std::vector<std::string> words;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    const std::string_view mark = mark_of(token);
    const bool stays = !mark.empty() && mark != "?" &&
                       (is_setting || (token.kind == Token::Kind::string && text_counts(tokens, i)));
    if (mark.empty() || stays) {
      words.push_back(token.is_name() ? token.name() : std::string(token.text));
      continue;
    }
    const bool goes_on = words.size() > 1 && words.back() == "," && words[words.size() - 2] == mark;
    if (goes_on) {
      words.pop_back();
    } else {
      words.emplace_back(mark);
    }
  }
  merge_rows(words);
  std::string shape;
  for (const std::string& word : words) shape.append(" ").append(word);
  return shape;
}

std::string text_of(const std::string& sql, Tokens tokens) {
  constexpr std::array<std::string_view, 13> types = {
      "bool", "bytea", "date",   "interval",  "json",        "jsonb", "numeric",
      "text", "time",  "timetz", "timestamp", "timestamptz", "uuid"};
  // `AT TIME ZONE $1` is an expression, `TIMESTAMP WITH TIME ZONE $1` a constant.
  const auto ends_type = [&](size_t i) {
    const auto is_type = [&](std::string_view type) { return tokens[i].is(type); };
    return std::ranges::any_of(types, is_type) ||
           (i >= 2 && is_type("zone") && (tokens[i - 2].is("with") || tokens[i - 2].is("without")));
  };
  const auto begins_extract = [&](size_t i) {
    return i >= 2 && tokens[i - 2].is("extract") && tokens[i - 1].text == "(";
  };
  std::string text;
  size_t copied = tokens.front().begin;
  for (size_t i = 1; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    const bool is_parameter =
        token.kind == Token::Kind::other && token.text[0] == '$' && token.text.size() > 1;
    const std::string_view other = !is_parameter       ? ""
                                   : ends_type(i - 1)  ? "''"
                                   : begins_extract(i) ? "epoch"
                                                       : "";
    if (other.empty()) continue;
    text.append(sql, copied, token.begin - copied).append(other);
    copied = token.end;
  }
  return text.append(sql, copied, tokens.back().end - copied);
}

bool changes_schema(Tokens tokens) {
  if (is(tokens, 0,
         {"alter", "drop", "comment", "grant", "revoke", "reindex", "cluster", "security", "reassign"}))
    return true;
  size_t next = 1;
  while (is(tokens, next, {"or", "replace", "local", "global"})) ++next;
  return is(tokens, 0, {"create"}) && !is(tokens, next, {"temp", "temporary"});
}

std::vector<WorkloadStatement::Part> parts_of(const std::string& sql) {
  const transform::ScannedSql scanned = transform::scan(sql);
  if (!scanned.error.empty()) return {{0, sql}};
  std::vector<WorkloadStatement::Part> parts;
  for (const Tokens& one : parts_of(Tokens(scanned.tokens))) {
    if (one.empty()) continue;
    const size_t begin = one.front().begin;
    parts.push_back({begin, sql.substr(begin, one.back().end - begin)});
  }
  return parts;
}

}  // namespace pg2crdb
