#include "parser/object_ids.h"

#include <algorithm>
#include <vector>

#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

/// Most statements are not scanned.
bool may_say(std::string_view sql) {
  constexpr std::string_view word = "oids";
  return !std::ranges::search(sql, word, {}, [](char c) { return lower(c); }).empty();
}

std::vector<transform::Token> tokens_of(const std::string& sql) {
  std::string error;
  return transform::scan_sql(sql, error).value_or(std::vector<transform::Token>());
}

}  // namespace

std::optional<std::string> without_object_ids(std::string_view sql) {
  if (!may_say(sql)) return std::nullopt;
  std::string text(sql);
  const std::vector<transform::Token> tokens = tokens_of(text);
  const bool has_them = !tokens.empty() && (tokens[0].is("create") || tokens[0].is("copy"));
  int depth = 0;
  for (size_t i = 1; has_them && i + 1 < tokens.size(); ++i) {
    if (tokens[i].is("(")) ++depth;
    if (tokens[i].is(")")) --depth;
    if (tokens[0].is("copy") && tokens[i].is("from")) break;  // what stands behind it is an option
    if (depth != 0 || !tokens[i].is("with") || !tokens[i + 1].is("oids")) continue;
    const size_t begin = tokens[i].begin, size = tokens[i + 1].end - begin;
    return text.replace(begin, size, size, ' ');
  }
  return std::nullopt;
}

bool says_object_ids(std::string_view sql) {
  return may_say(sql) &&
         std::ranges::any_of(tokens_of(std::string(sql)), [](const auto& token) { return token.is("oids"); });
}

}  // namespace pg2crdb
