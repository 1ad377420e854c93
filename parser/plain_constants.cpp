#include "parser/plain_constants.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "parser/parser.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb::transform {
namespace {

/// Whether any is there, at little cost: most bodies have none.
bool may_have_foreign(std::string_view sql) {
  for (size_t i = 0; i + 1 < sql.size(); ++i) {
    const char c = lower(sql[i]);
    const char next = sql[i + 1];
    if (is_digit(c) && next == '_') return true;
    if (i > 0 && in_name(sql[i - 1])) continue;
    if ((c == 'u' && next == '&') || ((c == 'n' || c == 'e') && next == '\'')) return true;
    if (c == '0' && (lower(next) == 'b' || lower(next) == 'o')) return true;
  }
  return false;
}

bool is_hexadecimal(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/// Of E'..': whether a backslash stands before what both do not read alike.
bool has_foreign_escape(std::string_view text) {
  constexpr std::string_view alike = "bfnrt\\'";
  for (size_t i = text.find('\''); i + 1 < text.size(); ++i) {
    if (text[i] != '\\') continue;
    ++i;
    const bool is_ascii = text[i] == 'x' && i + 2 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '7' &&
                          is_hexadecimal(text[i + 2]);
    if (!is_ascii && alike.find(text[i]) == std::string_view::npos) return true;
  }
  return false;
}

bool begins_unicode(std::string_view text) {
  return text.size() > 2 && lower(text[0]) == 'u' && text[1] == '&';
}

bool is_foreign_number(std::string_view text) {
  const bool has_base = text.size() > 2 && text[0] == '0' && (lower(text[1]) == 'b' || lower(text[1]) == 'o');
  return is_digit(text[0]) && (has_base || text.find('_') != std::string_view::npos);
}

/// How many tokens make the constant that begins with `at`, in a form of its own; 0 where there is none.
size_t count_foreign(const std::vector<Token>& tokens, size_t at) {
  const Token& token = tokens[at];
  const bool has_next = at + 1 < tokens.size();
  if (begins_unicode(token.text) && (token.text[2] == '\'' || token.text[2] == '"')) {
    const bool escapes = at + 2 < tokens.size() && tokens[at + 1].is("uescape");
    return escapes && tokens[at + 2].kind == Token::Kind::string ? 3 : 1;
  }
  if (token.is("n") && has_next && tokens[at + 1].begin == token.end && tokens[at + 1].text[0] == '\'')
    return 2;
  if (token.kind == Token::Kind::string && lower(token.text[0]) == 'e')
    return has_foreign_escape(token.text) ? 1 : 0;
  return token.kind == Token::Kind::other && is_foreign_number(token.text) ? 1 : 0;
}

std::string in_quotes(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    if (c == quote) result += quote;
    result += c;
  }
  return result + quote;
}

/// It is never longer; nothing where it is no constant.
std::optional<std::string> plain(const std::string& written) {
  const std::optional<ast::Expr> expr = parse_expression(written);
  if (!expr) return std::nullopt;
  if (const auto* name = std::get_if<ast::ColumnRef>(&expr->node))
    return name->names.size() == 1 ? std::optional(in_quotes(name->names[0], '"')) : std::nullopt;
  // N'..' is a character, whose last blanks mean nothing.
  const auto* cast = std::get_if<ast::Cast>(&expr->node);
  const auto* literal = std::get_if<ast::Literal>(cast != nullptr ? &cast->argument->node : &expr->node);
  if (literal == nullptr) return std::nullopt;
  if (literal->kind != ast::Literal::Kind::string) return literal->text;
  std::string text = literal->text;
  if (cast != nullptr) text.resize(text.find_last_not_of(' ') + 1);
  return in_quotes(text, '\'');
}

}  // namespace

std::string with_plain_constants(std::string sql) {
  if (!may_have_foreign(sql) || sql.find('\0') != std::string::npos) return sql;
  const ScannedSql scanned = scan(sql);
  std::string result;
  size_t at = 0;
  for (size_t i = 0; i < scanned.tokens.size(); ++i) {
    const size_t count = count_foreign(scanned.tokens, i);
    if (count == 0) continue;
    const size_t begin = scanned.tokens[i].begin;
    const size_t length = scanned.tokens[i + count - 1].end - begin;
    const std::optional<std::string> constant = plain(sql.substr(begin, length));
    if (!constant) continue;
    result.append(sql, at, begin - at).append(*constant);
    result.append(length - std::min(length, constant->size()), ' ');
    at = begin + length;
  }
  return result.append(sql, at);
}

bool has_foreign_constants(std::string_view sql) {
  return may_have_foreign(sql) && with_plain_constants(std::string(sql)) != sql;
}

}  // namespace pg2crdb::transform
