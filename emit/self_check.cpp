#include "emit/self_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "support/result.h"

namespace pg2crdb {
namespace {

using Place = OutputFile::Place;

Refusal refusal(const OutputFile& file, const Place& place, size_t at, std::string message) {
  const size_t offset = at > place.sql_begin ? std::min(at, place.semicolon) - place.sql_begin : 0;
  return {place.statement->id, file.text.substr(place.sql_begin, place.semicolon - place.sql_begin), offset,
          std::move(message)};
}

// What stands at byte `at` and belongs to no statement that has been cut: it comes from the live statement
// around it, or from a comment.
Refusal blame(const OutputFile& file, size_t at, std::string message) {
  for (const Place& place : file.places) {
    if (at < place.begin || at >= place.end) continue;
    if (place.live && at >= place.sql_begin) return refusal(file, place, at, std::move(message));
  }
  throw InternalError(
      fmt::format("a comment of {} does not end where it should, at byte {}: {}", file.name, at, message));
}

/// The body that a statement gives to a routine or runs; null where it has none.
const std::string* body_of(const ast::StatementNode& node, std::string_view& language) {
  if (const auto* function = std::get_if<ast::CreateFunction>(&node)) {
    language = function->language;
    return function->body.size() == 1 ? &function->body.front() : nullptr;
  }
  const auto* block = std::get_if<ast::DoBlock>(&node);
  if (block == nullptr) return nullptr;
  language = block->language.empty() ? std::string_view("plpgsql") : block->language;
  return &block->body;
}

/// What is refused first in the body of a statement.
std::optional<Refusal> check_body(const EmittedStatement& statement, CockroachGrammar& grammar) {
  std::string_view language;
  const std::string* body = body_of(statement.statement->node, language);
  if (body == nullptr) return std::nullopt;
  for (const BodyProblem& problem : grammar.check_body(language, *body)) {
    if (problem.too_deep) continue;
    const size_t begin = statement.sql.rfind(*body);
    const size_t offset = begin == std::string::npos ? 0 : begin + problem.offset;
    return Refusal{statement.statement->id, statement.sql, offset, "in its body, " + problem.message};
  }
  return std::nullopt;
}

}  // namespace

std::vector<Refusal> self_check(const EmittedScript& emitted, CockroachGrammar& grammar) {
  std::vector<const EmittedStatement*> live;
  std::vector<std::string_view> texts;
  for (const EmittedStatement& statement : emitted) {
    if (statement.held_back()) continue;
    live.push_back(&statement);
    texts.emplace_back(statement.sql);
  }
  const auto problems = grammar.check_all(texts);
  std::vector<Refusal> refusals;
  for (size_t i = 0; i < problems.size(); ++i) {
    if (problems[i] && !problems[i]->too_deep) {
      refusals.push_back({live[i]->statement->id, live[i]->sql, problems[i]->offset, problems[i]->message});
    } else if (auto refusal = check_body(*live[i], grammar)) {
      refusals.push_back(std::move(*refusal));
    }
  }
  return refusals;
}

std::optional<Refusal> check_output(const OutputFile& file, CockroachGrammar& grammar) {
  const CutText cut = grammar.cut(file.text);
  size_t next = 0;
  for (const Place& place : file.places) {
    if (!place.live) continue;
    if (next == cut.statements.size()) {
      if (cut.problem) return blame(file, cut.problem->offset, cut.problem->message);
      return refusal(file, place, 0, "it holds no statement");
    }
    const CutText::Statement& found = cut.statements[next];
    if (found.begin < place.sql_begin) return blame(file, found.begin, "more than one statement");
    if (found.begin >= place.semicolon) return refusal(file, place, 0, "it holds no statement");
    if (found.semicolon != place.semicolon) {
      if (found.semicolon < place.semicolon)
        return refusal(file, place, found.semicolon, "more than one statement");
      if (cut.problem && cut.problem->offset < place.end)
        return refusal(file, place, cut.problem->offset, cut.problem->message);
      return refusal(file, place, place.semicolon, "it does not end at its semicolon");
    }
    ++next;
  }
  if (next < cut.statements.size()) return blame(file, cut.statements[next].begin, "more than one statement");
  if (cut.problem) return blame(file, cut.problem->offset, cut.problem->message);
  return std::nullopt;
}

}  // namespace pg2crdb
