#include "passes/adapt_functions/body_words.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "ast/signature.h"
#include "support/ascii.h"
#include "target/functions.h"

namespace pg2crdb::functions {
namespace {

constexpr std::string_view missing_functions[] = {
#define MISSING(name) name,
#include "passes/adapt_functions/missing_functions.def"
#undef MISSING
};

template <class Range>
bool contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}
}  // namespace

std::vector<Token> tokens_of(const std::string& body) {
  constexpr size_t bytes_of_a_token = 6;  // with the blanks behind it, about
  std::vector<Token> tokens;
  tokens.reserve(body.size() / bytes_of_a_token);
  size_t line = 1;
  size_t i = 0;
  const auto skip_to = [&](size_t end) {
    line += static_cast<size_t>(std::count(body.begin() + static_cast<std::ptrdiff_t>(i),
                                           body.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    i = end;
  };
  const auto after = [&](std::string_view closing, size_t from) {
    const size_t at = body.find(closing, from);
    return at == std::string::npos ? body.size() : at + closing.size();
  };
  const auto string_end = [&](size_t from, bool escapes) {
    for (size_t at = from; at < body.size(); ++at) {
      if (escapes && body[at] == '\\')
        ++at;
      else if (body[at] == '\'') {
        if (at + 1 < body.size() && body[at + 1] == '\'')
          ++at;
        else
          return at + 1;
      }
    }
    return body.size();
  };
  const auto add = [&](Token::Kind kind, size_t end, std::string&& text) {
    tokens.push_back({kind, std::move(text), i, end, line});
    skip_to(end);
  };
  // What holds no end of a line.
  const auto add_in_line = [&](Token::Kind kind, size_t end, std::string&& text) {
    tokens.push_back({kind, std::move(text), i, end, line});
    i = end;
  };
  while (i < body.size()) {
    const char c = body[i];
    const char next = i + 1 < body.size() ? body[i + 1] : '\0';
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      line += c == '\n' ? 1 : 0;
      ++i;
    } else if (c == '-' && next == '-') {
      skip_to(std::min(body.find('\n', i), body.size()));
    } else if (c == '/' && next == '*') {
      skip_to(after("*/", i + 2));
    } else if (c == '\'') {
      add(Token::Kind::string, string_end(i + 1, false), {});
    } else if ((c == 'e' || c == 'E') && next == '\'') {
      add(Token::Kind::string, string_end(i + 2, true), {});
    } else if (c == '"') {
      const size_t end = after("\"", i + 1);
      add(Token::Kind::quoted, end, body.substr(i + 1, end - i - 2));
    } else if (c == '$' && (next == '$' || is_letter(next))) {
      const size_t tag_end = after("$", i + 1);
      add(Token::Kind::string, after(body.substr(i, tag_end - i), tag_end), {});
    } else if (is_letter(c)) {
      size_t end = i;
      while (end < body.size() && (is_letter(body[end]) || is_digit(body[end]) || body[end] == '$')) ++end;
      std::string word = body.substr(i, end - i);
      for (char& letter : word) letter = lower(letter);
      add_in_line(Token::Kind::word, end, std::move(word));
    } else if (is_digit(c)) {
      size_t end = i;
      while (end < body.size() &&
             (is_digit(body[end]) || (body[end] == '.' && end + 1 < body.size() && is_digit(body[end + 1]))))
        ++end;
      add_in_line(Token::Kind::number, end, body.substr(i, end - i));
    } else {
      const bool pair =
          (c == ':' && (next == '=' || next == ':')) || (next == c && (c == '.' || c == '<' || c == '>'));
      add_in_line(Token::Kind::symbol, i + (pair ? 2 : 1), body.substr(i, pair ? 2 : 1));
    }
  }
  return tokens;
}

BodyScanner::BodyScanner(const PassContext& context, const ast::CreateFunction& function)
    : target_(context.target),
      catalog_(context.catalog),
      function_(function),
      tokens_(tokens_of(function.body.front())) {}

void BodyScanner::scan() {
  for (at_ = 0; at_ < tokens_.size(); ++at_) {
    const Token& token = tokens_[at_];
    if (token.kind == Token::Kind::symbol && token.text == "$" && at_ + 1 < tokens_.size() &&
        tokens_[at_ + 1].kind == Token::Kind::number)
      refuse(Capability::plpgsql_alias, "$" + tokens_[at_ + 1].text + " for a parameter", token);
    const bool is_part = at_ > 0 && is(at_ - 1, ".") && !(at_ > 1 && is(at_ - 2, "pg_catalog"));
    if (token.kind == Token::Kind::word && !is_part) name(token);
    if (calls_itself()) refused_anywhere.push_back({"a call of itself", token.begin, token.line});
  }
  tokens_ = {};  // of a long body they take more than its tree
}

std::string BodyScanner::with_rows() {
  std::string body = function_.body.front();
  for (size_t i = tokens_.size(); i-- > 0;) {
    const Token& token = tokens_[i];
    if (token.kind != Token::Kind::word || (token.text != "new" && token.text != "old")) continue;
    if (!is(i + 1, ".") || (i > 0 && is(i - 1, ".")) || assigned(i)) continue;
    body.replace(token.begin, token.end - token.begin,
                 "(" + body.substr(token.begin, token.end - token.begin) + ")");
    ++rows_rewritten;
  }
  return body;
}

bool BodyScanner::is(size_t i, std::string_view text) const {
  return i < tokens_.size() && tokens_[i].kind != Token::Kind::quoted &&
         tokens_[i].kind != Token::Kind::string && tokens_[i].text == text;
}

/// `f(`, `s.f(` in the body of s.f, where that has no overload.
bool BodyScanner::calls_itself() const {
  const Token& token = tokens_[at_];
  const bool is_name = token.kind == Token::Kind::word || token.kind == Token::Kind::quoted;
  if (!is_name || token.text != function_.name.name || function_.name.empty() || !is(at_ + 1, "(") ||
      target_.has(Capability::function_recursion))
    return false;
  // A common table, or one that rows are written into.
  if (at_ > 0 && (is(at_ - 1, "with") || is(at_ - 1, "recursive") || is(at_ - 1, "into"))) return false;
  const bool is_part = at_ > 1 && is(at_ - 1, ".");
  const bool is_other =
      is_part ? tokens_[at_ - 2].text != function_.name.schema : is_built_in_function(token.text);
  return !is_other && takes(arguments_from(at_ + 1)) && catalog_.functions(function_.name).size() == 1;
}

/// In the parentheses that open there.
size_t BodyScanner::arguments_from(size_t open) const {
  if (is(open + 1, ")")) return 0;
  size_t count = 1, depth = 0;
  for (size_t i = open; i < tokens_.size(); ++i) {
    if (is(i, "(") || is(i, "[")) ++depth;
    if ((is(i, ")") || is(i, "]")) && --depth == 0) break;
    if (depth == 1 && is(i, ",")) ++count;
  }
  return count;
}

bool BodyScanner::takes(size_t count) const {
  size_t least = 0, most = 0;
  for (const ast::FunctionParameter& one : function_.parameters) {
    if (!ast::is_argument(one)) continue;
    ++most;
    if (!one.default_value) ++least;
  }
  return least <= count && count <= most;
}

/// NEW.c := x; at the beginning of a statement, and SELECT ... INTO [STRICT] NEW.c.
bool BodyScanner::assigned(size_t i) const {
  for (size_t at = i; at-- > 0 && !is(at, ";");) {
    if (is(at, "into")) return true;
    if (is(at, "from") || is(at, "where") || is(at, "values") || is(at, "select") || is(at, "(")) break;
  }
  const bool assignment = is(i + 3, ":=") || is(i + 3, "=");
  if (!assignment) return false;
  return i == 0 || is(i - 1, ";") || is(i - 1, "begin") || is(i - 1, "then") || is(i - 1, "else") ||
         is(i - 1, "loop");
}

void BodyScanner::refuse(Capability capability, const std::string& what, const Token& token) {
  if (!target_.has(capability)) refusals.push_back({what, token.begin, token.line});
}

bool BodyScanner::is_missing(std::string_view function) const {
  const bool listed =
      std::binary_search(std::begin(missing_functions), std::end(missing_functions), function);
  // One that is in neither list is named like an everyday word.
  const bool is_told_of = listed || is_built_in_function(function);
  return is_told_of && (is_later_function(function) ? !has_function(target_, function) : listed);
}

void BodyScanner::name(const Token& token) {
  const std::string_view word = token.text;
  const bool called = is(at_ + 1, "(");
  if (word == "found" && !called) refuse(Capability::plpgsql_found, "FOUND", token);
  const bool condition = at_ + 1 < tokens_.size() && tokens_[at_ + 1].kind == Token::Kind::string;
  if (word == "sqlerrm" || (word == "sqlstate" && !condition)) {
    refuse(Capability::plpgsql_found, word == "sqlerrm" ? "SQLERRM" : "SQLSTATE", token);
  }
  if (word == "tg_argv" || word == "tg_nargs") refuse(Capability::trigger_arguments, "TG_ARGV", token);
  if (word == "setval" && called) refuse(Capability::function_setval, "setval()", token);
  // What a DO block sets holds for the statements behind it, and nothing here reads it.
  if (called && word == "set_config" && function_.name.empty())
    refusals.push_back({"set_config()", token.begin, token.line});
  // What is computed by it is written otherwise where the body is one of trees.
  const bool is_written_otherwise =
      word == "make_interval" && (function_.language != "sql" || !function_.statements.empty());
  if (called && is_written_otherwise) {
    refusals.push_back({"make_interval()", token.begin, token.line});
  } else if (called && is_missing(word)) {
    missing_calls.push_back({token.text, token.begin, token.line});
  }
}

}  // namespace pg2crdb::functions
