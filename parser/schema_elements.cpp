#include "parser/schema_elements.h"

#include <algorithm>
#include <array>
#include <string>

#include "parser/sql_tokens.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;
using transform::Token;

// CREATE is a privilege, too: GRANT CREATE ON SCHEMA.
bool begins_element(const std::vector<Token>& tokens, size_t i) {
  constexpr std::array made = {"table"sv, "temp"sv, "temporary"sv, "unlogged"sv, "unique"sv,     "index"sv,
                               "view"sv,  "or"sv,   "recursive"sv, "sequence"sv, "constraint"sv, "trigger"sv};
  if (tokens[i].is("grant")) return !(tokens[i - 1].is("with") || tokens[i - 1].is("revoke"));
  if (!tokens[i].is("create") || i + 1 == tokens.size()) return false;
  return std::any_of(made.begin(), made.end(), [&](std::string_view word) { return tokens[i + 1].is(word); });
}

}  // namespace

std::optional<SchemaElements> schema_elements(std::string_view sql) {
  const std::string text(sql);
  std::string error;
  const std::optional<std::vector<Token>> tokens = transform::scan_sql(text, error);
  if (!tokens || tokens->size() < 3 || !(*tokens)[0].is("create") || !(*tokens)[1].is("schema"))
    return std::nullopt;
  SchemaElements found;
  SchemaElements::Piece* piece = &found.schema;
  int depth = 0;
  for (size_t i = 0; i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    if (token.is(";")) break;
    if (token.is("(")) ++depth;
    if (token.is(")")) --depth;
    if (depth == 0 && i > 2 && begins_element(*tokens, i)) {
      piece = &found.elements.emplace_back();
      piece->begin = token.begin;
    }
    piece->end = token.end;
  }
  if (found.elements.empty()) return std::nullopt;
  return found;
}

}  // namespace pg2crdb
