#include "parser/psql.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80U) != 0;
}
bool is_variable_byte(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lower(c); });
  return result;
}

template <size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::array ending_commands = {"g"sv,     "gx"sv,           "gset"sv,         "gexec"sv,
                                        "gdesc"sv, "watch"sv,        "crosstabview"sv, "r"sv,
                                        "reset"sv, "sendpipeline"sv, "parse"sv};
// Their argument is the rest of the line, whatever stands in it.
constexpr std::array line_commands = {"copy"sv, "!"sv,  "ef"sv,  "ev"sv, "sf"sv,
                                      "sf+"sv,  "sv"sv, "sv+"sv, "h"sv,  "help"sv};
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

// From the byte behind an opening quote to the one behind the closing quote, or to the line's end.
size_t skip_quoted(std::string_view text, size_t i, char quote, bool escapes) {
  while (i < text.size()) {
    const char c = text[i++];
    if (c == '\\' && escapes) {
      i = std::min(i + 1, text.size());
    } else if (c == quote) {
      return i;
    }
  }
  return i;
}

std::string quoted(std::string_view value, char quote) {
  std::string out(1, quote);
  bool backslash = false;
  for (const char c : value) {
    if (c == quote) out += quote;
    if (c == '\\' && quote == '\'') {
      out += c;
      backslash = true;
    }
    out += c;
  }
  out += quote;
  return backslash ? " E" + out : out;
}

// What stands at a colon, as psql's scanner has it: `:name`, `:'name'`, `:"name"`, `:{?name}`.
struct Reference {
  enum class Form { plain, literal, identifier, test };
  Form form = Form::plain;
  std::string_view name;
  size_t end = 0;
};
std::optional<Reference> read_reference(std::string_view text, size_t colon) {
  using Form = Reference::Form;
  Reference reference;
  size_t begin = colon + 1;
  const std::string_view rest = text.substr(std::min(begin, text.size()));
  std::string_view close;
  if (rest.starts_with("{?")) {
    reference.form = Form::test;
    begin += 2;
    close = "}";
  } else if (rest.starts_with('\'')) {
    reference.form = Form::literal;
    ++begin;
    close = "'";
  } else if (rest.starts_with('"')) {
    reference.form = Form::identifier;
    ++begin;
    close = "\"";
  }
  size_t end = begin;
  while (end < text.size() && is_variable_byte(text[end])) ++end;
  reference.name = text.substr(std::min(begin, text.size()), end - begin);
  if (reference.name.empty() || !text.substr(end).starts_with(close)) return std::nullopt;
  reference.end = end + close.size();
  return reference;
}

std::string shown_value(const Reference& reference, const std::string& value) {
  if (reference.form == Reference::Form::literal) return quoted(value, '\'');
  if (reference.form == Reference::Form::identifier) return quoted(value, '"');
  return value;
}

// A backslash in a quoted argument: `i` stands behind it and moves on.
char escaped(std::string_view text, size_t& i) {
  const char c = text[i++];
  const auto number = [&](size_t begin, size_t most, int base) {
    size_t end = begin;
    unsigned value = 0;
    std::from_chars(text.data() + begin, text.data() + std::min(begin + most, text.size()), value, base);
    while (end < std::min(begin + most, text.size()) &&
           (base == 8 ? text[end] >= '0' && text[end] <= '7'
                      : std::isxdigit(static_cast<unsigned char>(text[end]))))
      ++end;
    i = end;
    return static_cast<char>(value);
  };
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'x':
      return i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i])) ? number(i, 2, 16) : c;
    default:
      return c >= '0' && c <= '7' ? number(i - 1, 3, 8) : c;
  }
}

// As psql reads a boolean: any unambiguous beginning of the words, in any case.
std::optional<bool> boolean(std::string_view text) {
  const std::string word = lower(text);
  if (word.empty()) return std::nullopt;
  const auto begins = [&](std::string_view whole, size_t least) {
    return word.size() >= least && whole.starts_with(word);
  };
  if (begins("true", 1) || begins("yes", 1) || begins("on", 2) || word == "1") return true;
  if (begins("false", 1) || begins("no", 1) || begins("off", 2) || word == "0") return false;
  return std::nullopt;
}

// The end of what psql's scanner does not look into: strings, names in quotes, dollar quotes, comments; `i`
// where none begins there.
size_t skip_opaque(std::string_view sql, size_t i) {
  const auto to = [&](std::string_view close, size_t from) {
    const size_t found = sql.find(close, from);
    return found == std::string_view::npos ? sql.size() : found + close.size();
  };
  const bool after_name = i > 0 && (is_variable_byte(sql[i - 1]) || sql[i - 1] == '$');
  switch (sql[i]) {
    case '\'': {
      const bool escapes =
          after_name && lower(sql[i - 1]) == 'e' && (i == 1 || !is_variable_byte(sql[i - 2]));
      return skip_quoted(sql, i + 1, '\'', escapes);
    }
    case '"':
      return skip_quoted(sql, i + 1, '"', false);
    case '-':
      return sql.substr(i).starts_with("--") ? to("\n", i) : i;
    case '/': {
      if (!sql.substr(i).starts_with("/*")) return i;
      size_t depth = 1;
      for (i += 2; i < sql.size() && depth > 0;) {
        const std::string_view two = sql.substr(i, 2);
        if (two == "/*") ++depth;
        if (two == "*/") --depth;
        i += two == "/*" || two == "*/" ? 2 : 1;
      }
      return i;
    }
    case '$': {
      size_t end = i + 1;
      while (end < sql.size() && is_variable_byte(sql[end])) ++end;
      const bool digit = i + 1 < sql.size() && sql[i + 1] >= '0' && sql[i + 1] <= '9';
      if (after_name || digit || end == sql.size() || sql[end] != '$') return i;
      return to(sql.substr(i, end + 1 - i), end + 1);
    }
    default:
      return i;
  }
}

// `dbname='a\'b' host=x`, as libpq reads it.
std::string database_of_keywords(std::string_view text) {
  size_t i = 0;
  while (i < text.size()) {
    while (i < text.size() && is_blank(text[i])) ++i;
    const size_t equals = text.find('=', i);
    if (equals == std::string_view::npos) break;
    std::string_view key = text.substr(i, equals - i);
    while (!key.empty() && is_blank(key.back())) key.remove_suffix(1);
    i = equals + 1;
    while (i < text.size() && is_blank(text[i])) ++i;
    const bool in_quotes = i < text.size() && text[i] == '\'';
    if (in_quotes) ++i;
    std::string value;
    while (i < text.size() && (in_quotes ? text[i] != '\'' : !is_blank(text[i]))) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      value += text[i++];
    }
    if (in_quotes) ++i;
    if (key == "dbname") return value;
  }
  return {};
}

std::string database_of_url(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  const size_t slash = url.find('/');
  if (slash == std::string_view::npos) return {};
  url.remove_prefix(slash + 1);
  return std::string(url.substr(0, url.find('?')));
}

}  // namespace

bool PsqlCommand::ends_statement() const {
  return is_one_of(name, ending_commands);
}

PsqlCommand read_psql_command(std::string_view line) {
  PsqlCommand command;
  size_t i = 1;
  while (i < line.size() && !is_blank(line[i]) && line[i] != '\\') ++i;
  command.name = line.substr(1, i - 1);
  size_t end = i;
  if (is_one_of(command.name, line_commands)) {
    end = line.size();
    i = end;
  } else {
    while (end < line.size() && line[end] != '\\') {
      const char c = line[end];
      end = c == '\'' || c == '"' || c == '`' ? skip_quoted(line, end + 1, c, c == '\'') : end + 1;
    }
    i = line.substr(end).starts_with("\\\\") ? end + 2 : end;
  }
  command.size = i;
  std::string_view arguments = line.substr(1 + command.name.size(), end - 1 - command.name.size());
  while (!arguments.empty() && is_blank(arguments.front())) arguments.remove_prefix(1);
  while (!arguments.empty() && is_blank(arguments.back())) arguments.remove_suffix(1);
  command.arguments = arguments;
  return command;
}

std::string connected_database(std::string_view arguments) {
  size_t i = 0;
  std::string name;
  do {
    name.clear();
    while (i < arguments.size() && is_blank(arguments[i])) ++i;
    while (i < arguments.size() && !is_blank(arguments[i])) {
      const char c = arguments[i];
      if (c != '"' && c != '\'') {
        name += lower(c);  // psql reads a name here, as SQL does
        ++i;
        continue;
      }
      for (++i; i < arguments.size(); ++i) {
        if (arguments[i] == c && (i + 1 == arguments.size() || arguments[i + 1] != c)) break;
        if (arguments[i] == c) ++i;
        name += arguments[i];
      }
      ++i;
    }
  } while (name.starts_with("-reuse-previous="));
  if (name == "-") return {};
  if (name.starts_with("postgresql://") || name.starts_with("postgres://")) return database_of_url(name);
  return name.find('=') == std::string::npos ? name : database_of_keywords(name);
}

PsqlSession::Value PsqlSession::value(std::string_view name) const {
  if (const auto it = variables_.find(name); it != variables_.end()) {
    return it->second ? Value{State::known, *it->second} : Value{State::unknown, {}};
  }
  const bool from_server = std::any_of(result_prefixes_.begin(), result_prefixes_.end(),
                                       [&](const std::string& prefix) { return name.starts_with(prefix); });
  return {from_server || is_one_of(name, own_variables) ? State::unknown : State::unset, {}};
}

// A colon in an argument and what it stands for. The byte behind it.
size_t PsqlSession::append_variable(std::string_view text, size_t colon, Argument& out) const {
  const auto reference = read_reference(text, colon);
  if (!reference) {
    out.text += ':';
    return colon + 1;
  }
  const Value variable = value(reference->name);
  if (reference->form == Reference::Form::test) {
    // After \gset without names, nobody knows which ones there are.
    out.unknown = out.unknown || (variable.state == State::unknown && !variables_.contains(reference->name) &&
                                  !is_one_of(reference->name, own_variables));
    out.text += variable.state == State::unset ? "FALSE" : "TRUE";
  } else if (variable.state == State::known) {
    out.text += shown_value(*reference, variable.text);
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
        i = skip_quoted(text, i + 1, c, false);
        argument.unknown = true;
      } else if (c == '"') {
        const size_t end = skip_quoted(text, i + 1, c, false);
        argument.text += text.substr(i, end - i);
        i = end;
      } else if (c == '\'') {
        for (++i; i < text.size();) {
          if (text[i] == '\\' && i + 1 < text.size()) {
            ++i;
            argument.text += escaped(text, i);
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
  const std::optional<bool> value = boolean(text);
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
  if (is_one_of(command.name, condition_commands)) return condition(command);
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

size_t PsqlSession::Expansion::source_of(size_t offset) const {
  size_t source = 0;
  for (const Piece& piece : pieces) {
    if (piece.begin > offset) break;
    source = piece.source_begin + (piece.copied ? offset - piece.begin : 0);
  }
  return source;
}

void PsqlSession::expand_variable(std::string_view sql, size_t& i, Expansion& out) const {
  const auto reference = read_reference(sql, i);
  if (!reference) {
    out.text += sql[i++];
    return;
  }
  const Value variable = value(reference->name);
  const size_t begin = out.text.size();
  const bool is_test = reference->form == Reference::Form::test;
  if (is_test || variable.state == State::known) {
    out.text += is_test ? (variable.state == State::unset ? "FALSE" : "TRUE")
                        : shown_value(*reference, variable.text);
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
    const size_t behind = skip_opaque(sql, i);
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
