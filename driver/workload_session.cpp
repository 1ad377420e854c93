#include "driver/workload_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "parser/sql_tokens.h"
#include "support/ascii.h"
#include "target/session_variables.h"

namespace pg2crdb {
namespace {

using transform::Token;
using Tokens = std::span<const Token>;

bool is(Tokens tokens, size_t i, std::string_view word) {
  return i < tokens.size() && tokens[i].is(word);
}

bool has(Tokens tokens, std::string_view word) {
  return std::ranges::any_of(tokens, [&](const Token& token) { return token.is(word); });
}

SessionProblem problem(Severity severity, std::string message, std::string advice) {
  return {severity, std::move(message), std::move(advice)};
}

/// `DECLARE c [BINARY] [NO] [SCROLL] CURSOR ...`: what stands before CURSOR.
std::optional<SessionProblem> of_declare(Tokens tokens) {
  for (size_t i = 2; i < tokens.size() && !tokens[i].is("cursor"); ++i) {
    if (tokens[i].is("binary"))
      return problem(Severity::warning, "CockroachDB refuses a cursor that is BINARY (#77099)",
                     "Leave BINARY out, or ask for binary results in the protocol.");
    if (tokens[i].is("scroll") && !tokens[i - 1].is("no"))
      return problem(Severity::warning, "CockroachDB refuses a cursor that is SCROLL (#77102)",
                     "Read forward only, or page with WHERE and LIMIT.");
  }
  return std::nullopt;
}

std::optional<SessionProblem> of_fetch(Tokens tokens) {
  const bool goes_back = is(tokens, 1, "backward") || is(tokens, 1, "prior") || is(tokens, 1, "last") ||
                         (tokens.size() > 1 && tokens[1].text == "-") ||
                         (tokens.size() > 2 && (is(tokens, 1, "relative") || is(tokens, 1, "absolute")) &&
                          tokens[2].text == "-");
  if (!goes_back) return std::nullopt;
  return problem(Severity::warning, "cursors go forward only in CockroachDB (#77102)",
                 "Read forward only, or page with WHERE and LIMIT.");
}

std::optional<SessionProblem> of_copy(Tokens tokens) {
  const auto is_binary = [](const Token& token) {
    return token.is("binary") || lower(token.text) == "'binary'";
  };
  if (!has(tokens, "to") || std::ranges::none_of(tokens, is_binary)) return std::nullopt;
  return problem(Severity::warning, "CockroachDB refuses COPY ... TO in the binary format (#97180)",
                 "Write FORMAT csv or text.");
}

/// Without its quotes, in lower case.
std::string value_of(const Token& token) {
  std::string text = lower(token.text);
  if (text.size() >= 2 && text.starts_with('\'') && text.ends_with('\''))
    text = text.substr(1, text.size() - 2);
  return text;
}

/// The only values that CockroachDB takes of some variables (DDL facts 3).
std::optional<SessionProblem> of_value(const std::string& variable, const std::string& value) {
  struct Only {
    std::string_view variable;
    std::array<std::string_view, 5> values;
  };
  constexpr std::array<Only, 6> only = {
      {{"standard_conforming_strings", {"on", "true", "yes", "1", "default"}},
       {"client_encoding", {"utf8", "utf-8", "unicode", "default", "default"}},
       {"xmloption", {"content", "default", "default", "default", "default"}},
       {"default_tablespace", {"", "\"\"", "default", "default", "default"}},
       {"default_table_access_method", {"heap", "default", "default", "default", "default"}},
       {"default_with_oids", {"off", "false", "no", "0", "default"}}}};
  const auto found = std::ranges::find(only, variable, &Only::variable);
  if (found == only.end() || std::ranges::find(found->values, value) != found->values.end())
    return std::nullopt;
  return problem(Severity::error,
                 fmt::format("CockroachDB refuses `{}` for `{}`: it takes `{}` alone", value, variable,
                             found->values.front()),
                 variable == "client_encoding" ? "Have the application send UTF-8." : "Leave it out.");
}

std::optional<SessionProblem> of_variable(const std::string& variable) {
  if (has_session_variable(variable)) return std::nullopt;
  return problem(Severity::error, fmt::format("CockroachDB has no setting `{}`", variable), "Leave it out.");
}

/// The name that begins at a token, `app.tenant` too.
std::string name_at(Tokens tokens, size_t i) {
  std::string name;
  for (; i < tokens.size() && (tokens[i].is_name() || tokens[i].text == "."); ++i) {
    name += tokens[i].is_name() ? tokens[i].name() : ".";
    if (i + 1 < tokens.size() && tokens[i].text != "." && tokens[i + 1].text != ".") break;
  }
  return name;
}

std::optional<SessionProblem> of_set(Tokens tokens) {
  size_t i = 1;
  if (is(tokens, i, "local") || (is(tokens, i, "session") && !is(tokens, i + 1, "characteristics"))) ++i;
  if (is(tokens, i, "authorization")) {
    if (is(tokens, i + 1, "default")) return std::nullopt;
    return problem(Severity::error, "CockroachDB has no SET SESSION AUTHORIZATION but DEFAULT (#40283)",
                   "Write SET ROLE.");
  }
  if (is(tokens, i, "names"))
    return i + 1 < tokens.size() ? of_value("client_encoding", value_of(tokens[i + 1])) : std::nullopt;
  size_t equals = i;
  while (equals < tokens.size() && !tokens[equals].is("to") && tokens[equals].text != "=") ++equals;
  // SET ROLE r, SET TRANSACTION ..., SET TIME ZONE ...: the grammar knows those.
  if (equals >= tokens.size() || is(tokens, i, "transaction")) return std::nullopt;
  const std::string variable = name_at(tokens, i);
  if (auto found = of_variable(variable)) return found;
  return equals + 1 < tokens.size() ? of_value(variable, value_of(tokens[equals + 1])) : std::nullopt;
}

/// RESET, SHOW.
std::optional<SessionProblem> of_named(Tokens tokens) {
  constexpr std::array<std::string_view, 5> known = {"all", "role", "session", "time", "transaction"};
  const std::string variable = name_at(tokens, 1);
  if (variable.empty() || std::ranges::find(known, variable) != known.end()) return std::nullopt;
  return of_variable(variable);
}

}  // namespace

std::optional<SessionProblem> session_problem(const std::string& sql) {
  const transform::ScannedSql scanned = transform::scan(sql);
  const Tokens tokens = scanned.tokens;
  if (is(tokens, 0, "declare")) return of_declare(tokens);
  if (is(tokens, 0, "fetch") || is(tokens, 0, "move")) return of_fetch(tokens);
  if (is(tokens, 0, "copy")) return of_copy(tokens);
  if (is(tokens, 0, "set")) return of_set(tokens);
  if (is(tokens, 0, "reset") || is(tokens, 0, "show")) return of_named(tokens);
  return std::nullopt;
}

}  // namespace pg2crdb
