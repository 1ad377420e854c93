#include "bind/uncreated.h"

#include <algorithm>
#include <optional>

#include "ast/sequence_call.h"
#include "parser/parser.h"
#include "parser/sql_tokens.h"
#include "support/ascii.h"
#include "target/functions.h"

namespace pg2crdb::bind {
namespace {

using transform::Token;

/// Functions whose first argument may be a configuration.
constexpr std::string_view searches[] = {
    "to_tsvector",          "to_tsquery",  "plainto_tsquery",  "phraseto_tsquery",
    "websearch_to_tsquery", "ts_headline", "json_to_tsvector", "jsonb_to_tsvector",
};

bool is_search(std::string_view function) {
  return std::find(std::begin(searches), std::end(searches), function) != std::end(searches);
}

/// CREATE CAST (from AS to) ...
std::optional<Uncreated::Cast> read_cast(const std::string& text) {
  std::string error;
  const auto tokens = transform::scan_sql(text, error);
  if (!tokens) return std::nullopt;
  size_t open = 0, as = 0, close = 0;
  int depth = 0;
  for (size_t i = 0; i < tokens->size() && close == 0; ++i) {
    const Token& token = (*tokens)[i];
    if (token.is("(") && depth++ == 0) open = i;
    if (token.is(")") && --depth == 0) close = i;
    if (token.is("as") && depth == 1) as = i;
  }
  if (as == 0 || close == 0) return std::nullopt;
  const auto between = [&](size_t from, size_t to) {
    const size_t begin = (*tokens)[from].end;
    return parse_type(std::string_view(text).substr(begin, (*tokens)[to].begin - begin));
  };
  const auto from = between(open, as), to = between(as, close);
  if (!from || !to) return std::nullopt;
  Uncreated::Cast cast;
  cast.from = *from;
  cast.to = *to;
  for (size_t i = close; i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    cast.of_text = cast.of_text || token.is("inout") || token.is("without");
    cast.implicit = cast.implicit || token.is("implicit");
    cast.assigns = cast.assigns || token.is("assignment") || token.is("implicit");
  }
  return cast;
}

/// CREATE TEXT SEARCH CONFIGURATION schema.name (...): the name alone.
std::string read_configuration(const std::string& text) {
  std::string error, name;
  const auto tokens = transform::scan_sql(text, error);
  constexpr size_t first = 4;  // behind the command
  for (size_t i = first; tokens && i < tokens->size() && (*tokens)[i].is_name(); i += 2) {
    name = (*tokens)[i].name();
    if (i + 1 < tokens->size() && !(*tokens)[i + 1].is(".")) break;
  }
  return name;
}

/// CREATE OPERATOR schema.=== (...): the operator alone.
std::string read_operator(const std::string& text) {
  std::string error;
  const auto tokens = transform::scan_sql(text, error);
  if (!tokens) return {};
  const auto found = std::find_if(tokens->begin(), tokens->end(),
                                  [](const Token& token) { return !token.is_name() && !token.is("."); });
  return found == tokens->end() ? std::string() : std::string(found->text);
}

}  // namespace

Uncreated::Uncreated(const ast::Script& script) {
  for (const ast::Statement& statement : script.statements) {
    const auto* opaque = std::get_if<ast::Opaque>(&statement.node);
    if (opaque == nullptr || statement.fate == ast::Fate::dropped) continue;
    if (opaque->kind == "CREATE CAST") {
      if (std::optional<Cast> cast = read_cast(opaque->text)) casts_.push_back(std::move(*cast));
    } else if (opaque->kind == "CREATE TEXT SEARCH CONFIGURATION") {
      configurations_.push_back(read_configuration(opaque->text));
    } else if (opaque->kind == "CREATE OPERATOR") {
      std::string name = read_operator(opaque->text);
      if (!is_built_in_operator(name) && !name.empty()) operators_.push_back(std::move(name));
    }
  }
}

std::string Uncreated::own_operator(const std::string& body) const {
  const auto stands = [&](const std::string& name) { return body.find(name) != std::string::npos; };
  if (std::none_of(operators_.begin(), operators_.end(), stands)) return {};
  std::string error;
  const auto tokens = transform::scan_sql(body, error);
  if (!tokens) return {};
  const auto found = std::find_if(tokens->begin(), tokens->end(), [&](const Token& token) {
    return token.kind == Token::Kind::other &&
           std::find(operators_.begin(), operators_.end(), token.text) != operators_.end();
  });
  return found == tokens->end() ? std::string() : std::string(found->text);
}

/// The names of PostgreSQL's own, of which the script's may be one more, have no other schema.
bool Uncreated::is_own(std::string_view configuration) const {
  const std::optional<ast::Name> name = ast::parse_regclass(configuration);
  return name && name->schema != "pg_catalog" &&
         std::find(configurations_.begin(), configurations_.end(), name->name) != configurations_.end();
}

std::string Uncreated::configuration(const ast::FunctionCall& call) const {
  if (configurations_.empty() || call.arguments.size() < 2 || !is_search(call.name.name)) return {};
  const ast::Expr* argument = &call.arguments[0];
  while (const auto* cast = std::get_if<ast::Cast>(&argument->node)) argument = &*cast->argument;
  const auto* literal = std::get_if<ast::Literal>(&argument->node);
  return literal != nullptr && is_own(literal->text) ? literal->text : std::string();
}

std::string Uncreated::configuration(const std::string& body) const {
  if (configurations_.empty()) return {};
  const std::string folded = lower(body);
  const auto stands = [&](std::string_view name) { return folded.find(name) != std::string::npos; };
  if (std::none_of(std::begin(searches), std::end(searches), stands)) return {};
  std::string error;
  const auto tokens = transform::scan_sql(body, error);
  if (!tokens) return {};
  for (size_t i = 0; i + 2 < tokens->size(); ++i) {
    const std::string_view text = (*tokens)[i + 2].text;
    if (!(*tokens)[i].is_name() || !is_search((*tokens)[i].name()) || !(*tokens)[i + 1].is("(") ||
        !text.starts_with('\''))
      continue;
    const std::string_view name = text.substr(1, text.size() - 2);
    if (is_own(name)) return std::string(name);
  }
  return {};
}

}  // namespace pg2crdb::bind
