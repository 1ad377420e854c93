#include "driver/kept_statements.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "ast/describe.h"
#include "bind/namespace.h"
#include "bind/session.h"
#include "order/missing.h"
#include "support/ascii.h"
#include "support/script_order.h"

namespace pg2crdb {
namespace {

/// Passes that leave a statement out because CockroachDB has nothing of the kind. What others leave out is
/// undone by the script's history, or stands elsewhere.
constexpr std::array<std::string_view, 8> passes_of_what_is_lacking = {
    "drop-unsupported", "drop-extensions", "filter-privileges", "index-columns",
    "large-objects",    "not-null-names",  "server-calls",      "session-settings"};
constexpr std::string_view pass_of_history = "resolve-history";

struct Said {
  bool at_all = false;
  bool bare = false;  ///< without a schema before it
};

/// Both in lower case.
Said find_word(std::string_view text, std::string_view word) {
  Said said;
  if (word.empty()) return said;
  for (size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at > 0 && in_name(text[at - 1])) || (end < text.size() && in_name(text[end]))) continue;
    said.at_all = true;
    const size_t name = at > 0 && text[at - 1] == '"' ? at - 1 : at;
    said.bare = said.bare || name == 0 || text[name - 1] != '.';
  }
  return said;
}

/// The statement that its content stands in.
const ast::Statement& stands_in(const ast::Script& script, const ast::Statement& statement) {
  const ast::Statement* at = &statement;
  for (size_t i = 0; at->fate == ast::Fate::merged && i < script.statements.size(); ++i)
    at = &script.statements[at->merged_into];
  return *at;
}

std::string line_of(const ast::Statement& statement) {
  return fmt::format("line {}", statement.line);
}

std::string why_left_out(const ast::Statement& statement) {
  const bool is_lacking =
      !statement.passes.empty() && std::ranges::find(passes_of_what_is_lacking, statement.passes.back()) !=
                                       passes_of_what_is_lacking.end();
  return is_lacking ? "" : fmt::format("it is left out for another reason: {}", *statement.reason);
}

std::string why_entangled(const ast::Script& script, const ast::Statement& statement) {
  for (const ast::Statement& other : script.statements) {
    if (other.id == statement.id) continue;
    const std::string words = ast::statement_kind(other.node);
    if (other.fate == ast::Fate::merged && stands_in(script, other).id == statement.id)
      return fmt::format("`{}` of {} is merged into it and would be lost", words, line_of(other));
    const bool makes_what_is_named = std::holds_alternative<ast::CreateRole>(other.node) ||
                                     std::holds_alternative<ast::CreateSchema>(other.node);
    if (other.fate == ast::Fate::added && !makes_what_is_named &&
        script_place(other.span) == script_place(statement.span))
      return fmt::format("`{}` is made of a part of it", words);
  }
  if (statement.fate == ast::Fate::rewritten &&
      std::ranges::find(statement.passes, pass_of_history) != statement.passes.end())
    return "another statement of the script changes what it says";
  return {};
}

bool has_name_of_its_own(const ast::Object& object) {
  return bind::is_relation(object.kind) || ast::is_routine(object.kind) || order::is_type(object.kind);
}

/// What it names as it was read, and what that is called in the end.
std::string why_renamed(const ast::Script& script, const ast::Statement& statement, const std::string& text) {
  for (const ast::Statement& other : script.statements) {
    if (other.id <= statement.id) continue;
    const auto* rename = std::get_if<ast::Rename>(&other.node);
    const auto* move = std::get_if<ast::SetSchema>(&other.node);
    if (rename == nullptr && move == nullptr) continue;
    const ast::ObjectRef& object = rename != nullptr ? rename->object : move->object;
    const std::string& name = object.member.empty() ? object.name.name : object.member;
    if (find_word(text, lower(name)).at_all)
      return fmt::format("`{}`, which it names, has another name since {}", name, line_of(other));
  }
  return {};
}

bool looks_in_public_alone(const bind::Path& path) {
  return std::ranges::all_of(path, [](const std::string& schema) { return schema == "public"; });
}

std::string why_names_differ(const ast::Script& script, const ast::Statement& statement,
                             const std::string& text) {
  bind::Session session;
  for (const ast::Statement& before : script.statements) {
    if (before.id >= statement.id) break;
    session.take(before.node);
  }
  const bool default_path = looks_in_public_alone(session.path());
  for (const ast::Object& object : script.objects) {
    if (!has_name_of_its_own(object) || !object.made_here()) continue;
    const Said said = find_word(text, lower(object.name.name));
    if (!said.at_all) continue;
    const std::string name = to_string(object.name);
    if (said.bare && !default_path)
      return fmt::format("it has `{}` without a schema, and the script's search_path there is {}",
                         object.name.name, fmt::format("`{}`", fmt::join(session.path(), ", ")));
    const ast::Statement& maker = stands_in(script, script.statements[object.created]);
    const bool is_domain = object.kind == ast::ObjectKind::domain;
    if (object.stands() && maker.id != statement.id && maker.fate == ast::Fate::dropped)
      return fmt::format("it names `{}`, which the output does not have: {}", name,
                         is_domain ? "the base type stands at each use of the domain" : *maker.reason);
  }
  return {};
}

bool is_off(const ast::SetVariable& set) {
  if (set.kind != ast::SetVariable::Kind::value || set.values.size() != 1) return false;
  const auto* literal = std::get_if<ast::Literal>(&set.values[0].node);
  return literal == nullptr || (lower(literal->text) != "on" && lower(literal->text) != "true" &&
                                literal->text != "1" && lower(literal->text) != "yes");
}

}  // namespace

bool has_escapes_in_strings(const ast::Script& script, const ast::Statement& statement) {
  bool off = false;
  for (const ast::Statement& before : script.statements) {
    if (before.id >= statement.id) break;
    const auto* set = std::get_if<ast::SetVariable>(&before.node);
    if (set != nullptr && set->name == "standard_conforming_strings") off = is_off(*set);
  }
  return off;
}

std::string why_not_kept(const ast::Script& script, const ast::Statement& statement, std::string_view text) {
  std::string why;
  if (statement.fate == ast::Fate::dropped) why = why_left_out(statement);
  if (why.empty()) why = why_entangled(script, statement);
  const std::string words = lower(text);
  if (why.empty()) why = why_renamed(script, statement, words);
  if (why.empty()) why = why_names_differ(script, statement, words);
  if (why.empty() && text.find('\\') != std::string_view::npos && has_escapes_in_strings(script, statement))
    why = "its backslashes are escapes, as standard_conforming_strings is off there";
  return why;
}

}  // namespace pg2crdb
