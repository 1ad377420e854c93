#include "parser/psql.h"

#include <algorithm>
#include <array>
#include <utility>

#include "parser/psql_words.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr std::array condition_commands = {"if"sv, "elif"sv, "else"sv, "endif"sv};
// What psql sets by itself, from the server, the connection or its own version.
constexpr std::array own_variables = {"AUTOCOMMIT"sv,
                                      "COMP_KEYWORD_CASE"sv,
                                      "DBNAME"sv,
                                      "ECHO"sv,
                                      "ECHO_HIDDEN"sv,
                                      "ENCODING"sv,
                                      "ERROR"sv,
                                      "FETCH_COUNT"sv,
                                      "HIDE_TABLEAM"sv,
                                      "HIDE_TOAST_COMPRESSION"sv,
                                      "HISTCONTROL"sv,
                                      "HISTSIZE"sv,
                                      "HOST"sv,
                                      "IGNOREEOF"sv,
                                      "LAST_ERROR_MESSAGE"sv,
                                      "LAST_ERROR_SQLSTATE"sv,
                                      "LASTOID"sv,
                                      "ON_ERROR_ROLLBACK"sv,
                                      "ON_ERROR_STOP"sv,
                                      "PORT"sv,
                                      "PROMPT1"sv,
                                      "PROMPT2"sv,
                                      "PROMPT3"sv,
                                      "QUIET"sv,
                                      "ROW_COUNT"sv,
                                      "SERVER_VERSION_NAME"sv,
                                      "SERVER_VERSION_NUM"sv,
                                      "SERVICE"sv,
                                      "SHELL_ERROR"sv,
                                      "SHELL_EXIT_CODE"sv,
                                      "SHOW_ALL_RESULTS"sv,
                                      "SHOW_CONTEXT"sv,
                                      "SINGLELINE"sv,
                                      "SINGLESTEP"sv,
                                      "SQLSTATE"sv,
                                      "USER"sv,
                                      "VERBOSITY"sv,
                                      "VERSION"sv,
                                      "VERSION_NAME"sv,
                                      "VERSION_NUM"sv};

}  // namespace

PsqlSession::Value PsqlSession::value(std::string_view name) const {
  if (const auto it = variables_.find(name); it != variables_.end()) {
    return it->second ? Value{State::known, *it->second} : Value{State::unknown, {}};
  }
  const bool from_server = std::any_of(result_prefixes_.begin(), result_prefixes_.end(),
                                       [&](const std::string& prefix) { return name.starts_with(prefix); });
  return {from_server || psql::is_one_of(name, own_variables) ? State::unknown : State::unset, {}};
}

// A colon in an argument and what it stands for. The byte behind it.
size_t PsqlSession::append_variable(std::string_view text, size_t colon, Argument& out) const {
  const auto reference = psql::read_reference(text, colon);
  if (!reference) {
    out.text += ':';
    return colon + 1;
  }
  const Value variable = value(reference->name);
  if (reference->form == psql::Reference::Form::test) {
    // After \gset without names, nobody knows which ones there are.
    out.unknown = out.unknown || (variable.state == State::unknown && !variables_.contains(reference->name) &&
                                  !psql::is_one_of(reference->name, own_variables));
    out.text += variable.state == State::unset ? "FALSE" : "TRUE";
  } else if (variable.state == State::known) {
    out.text += psql::shown_value(*reference, variable.text);
  } else {
    out.unknown = out.unknown || variable.state == State::unknown;
    out.unset = out.unset || variable.state == State::unset;
    out.text += text.substr(colon, reference->end - colon);
  }
  return reference->end;
}

std::vector<PsqlSession::Argument> PsqlSession::arguments(std::string_view text) const {
  std::vector<Argument> result;
  size_t i = 0;
  while (i < text.size()) {
    if (is_blank(text[i])) {
      ++i;
      continue;
    }
    Argument argument;
    while (i < text.size() && !is_blank(text[i])) {
      const char c = text[i];
      if (c == ':') {
        i = append_variable(text, i, argument);
      } else if (c == '`') {
        i = psql::skip_quoted(text, i + 1, c, false);
        argument.unknown = true;
      } else if (c == '"') {
        const size_t end = psql::skip_quoted(text, i + 1, c, false);
        argument.text += text.substr(i, end - i);
        i = end;
      } else if (c == '\'') {
        for (++i; i < text.size();) {
          if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
            argument.text += psql::escaped(text, i);
          } else if (text[i] == '\'' && text.substr(i + 1).starts_with('\'')) {
            argument.text += '\'';
            i += 2;
          } else if (text[i] == '\'') {
            break;
          } else {
            argument.text += text[i++];
          }
        }
        ++i;
      } else {
        argument.text += c;
        ++i;
      }
    }
    result.push_back(std::move(argument));
  }
  return result;
}

PsqlSession::Effect PsqlSession::decide(Level& level, std::string_view expression) {
  std::string text;
  bool unknown = false;
  bool unset = false;
  for (const Argument& argument : arguments(expression)) {
    text += (text.empty() ? "" : " ") + argument.text;
    unknown = unknown || argument.unknown;
    unset = unset || argument.unset;
  }
  const std::optional<bool> value = psql::boolean(text);
  // psql takes what is no boolean for false; a variable that nothing sets is one that its command line sets.
  if (unknown || (!value && unset)) {
    level.branch = Branch::unknown;
    level.decided = true;
    return Effect::unknown;
  }
  level.branch = value.value_or(false) ? Branch::taken : Branch::not_taken;
  level.decided = value.value_or(false);
  return Effect::done;
}

PsqlSession::Effect PsqlSession::condition(const PsqlCommand& command) {
  if (command.name == "if") {
    Level level;
    level.outer = branch();
    if (level.outer == Branch::taken) {
      const Effect effect = decide(level, command.arguments);
      levels_.push_back(level);
      return effect;
    }
    level.branch = level.outer;
    level.decided = true;
    levels_.push_back(level);
    return Effect::done;
  }
  if (levels_.empty()) return Effect::unmatched;
  Level& level = levels_.back();
  if (command.name == "endif") {
    levels_.pop_back();
    return Effect::done;
  }
  if (level.has_else) return Effect::unmatched;
  if (command.name == "else") level.has_else = true;
  if (level.outer != Branch::taken || level.branch == Branch::unknown) return Effect::done;
  if (level.decided) {
    level.branch = Branch::not_taken;
    return Effect::done;
  }
  if (command.name == "elif") return decide(level, command.arguments);
  level.branch = Branch::taken;
  level.decided = true;
  return Effect::done;
}

void PsqlSession::set(std::string_view text) {
  const std::vector<Argument> all = arguments(text);
  if (all.empty()) return;
  std::string value;
  bool unknown = false;
  for (size_t i = 1; i < all.size(); ++i) {
    value += all[i].text;
    unknown = unknown || all[i].unknown;
  }
  variables_[all[0].text] = unknown ? std::nullopt : std::optional(value);
}

PsqlSession::Effect PsqlSession::run(const PsqlCommand& command) {
  if (psql::is_one_of(command.name, condition_commands)) return condition(command);
  if (branch() == Branch::not_taken) return Effect::done;
  const bool assigns = command.name == "set" || command.name == "unset" || command.name == "prompt" ||
                       command.name == "getenv";
  if (!assigns) return Effect::none;
  const std::vector<Argument> all = arguments(command.arguments);
  if (all.empty()) return Effect::done;
  const std::string& name = command.name == "prompt" ? all.back().text : all.front().text;
  if (command.name == "prompt" || command.name == "getenv" || branch() == Branch::unknown) {
    set_unknown(name);
  } else if (command.name == "unset") {
    variables_.erase(name);
  } else {
    set(command.arguments);
  }
  return Effect::done;
}

bool PsqlSession::begins_transactions() const {
  const auto set = variables_.find("AUTOCOMMIT");
  if (set == variables_.end() || !set->second) return false;
  constexpr std::array off = {"off"sv, "of"sv, "false"sv, "no"sv, "n"sv, "f"sv, "0"sv};
  return psql::is_one_of(lower(*set->second), off);
}

size_t PsqlSession::Expansion::source_of(size_t offset) const {
  size_t source = 0;
  for (const Piece& piece : pieces) {
    if (piece.begin > offset) break;
    source = piece.source_begin + (piece.copied ? offset - piece.begin : 0);
  }
  return source;
}

void PsqlSession::expand_variable(std::string_view sql, size_t& i, Expansion& out) const {
  const auto reference = psql::read_reference(sql, i);
  if (!reference) {
    out.text += sql[i++];
    return;
  }
  const Value variable = value(reference->name);
  const size_t begin = out.text.size();
  const bool is_test = reference->form == psql::Reference::Form::test;
  if (is_test || variable.state == State::known) {
    out.text += is_test ? (variable.state == State::unset ? "FALSE" : "TRUE")
                        : psql::shown_value(*reference, variable.text);
    out.pieces.push_back({begin, i, false});
    out.pieces.push_back({out.text.size(), reference->end, true});
  } else {
    if (variable.state == State::unknown && out.unknown_variable.empty())
      out.unknown_variable = reference->name;
    out.text += sql.substr(i, reference->end - i);
  }
  i = reference->end;
}

std::optional<PsqlSession::Expansion> PsqlSession::expand(std::string_view sql, bool has_commands) {
  const bool has_variables = !variables_.empty() || !result_prefixes_.empty();
  if (!has_commands && !has_variables && sql.find("{?") == std::string_view::npos) return std::nullopt;
  if (!has_commands && sql.find(':') == std::string_view::npos) return std::nullopt;
  Expansion out;
  out.pieces.push_back({0, 0, true});
  const auto cut = [&](size_t behind) {
    if (out.pieces.back().begin == out.text.size()) out.pieces.pop_back();
    out.pieces.push_back({out.text.size(), behind, true});
  };
  for (size_t i = 0; i < sql.size();) {
    if (branch() == Branch::unknown) out.unknown_condition = true;
    const size_t behind = psql::skip_opaque(sql, i);
    if (behind > i) {
      if (branch() != Branch::not_taken)
        out.text += sql.substr(i, behind - i);
      else
        cut(behind);
      i = behind;
    } else if (sql[i] == '\\') {
      const std::string_view line = sql.substr(i, sql.find('\n', i) - i);
      if (line.starts_with("\\:")) {
        out.text += ':';
        i += 2;
      } else {
        const PsqlCommand command = read_psql_command(line);
        const Effect effect = run(command);
        if (effect == Effect::unknown || effect == Effect::unmatched) out.unknown_condition = true;
        if (effect == Effect::none && out.command.empty()) out.command = command.name;
        i += std::max<size_t>(command.size, 1);
      }
      cut(i);
    } else if (branch() == Branch::not_taken) {
      cut(++i);
    } else if (sql[i] == ':' && (sql.substr(i).starts_with("::") || sql.substr(i).starts_with(":="))) {
      out.text += sql.substr(i, 2);
      i += 2;
    } else if (sql[i] == ':') {
      expand_variable(sql, i, out);
    } else {
      out.text += sql[i++];
    }
  }
  return out;
}

}  // namespace pg2crdb