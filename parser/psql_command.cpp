// A command of psql as it stands on its line, and what \connect names.
#include <array>

#include "parser/psql.h"
#include "parser/psql_words.h"
#include "support/ascii.h"

namespace pg2crdb {
namespace {

using namespace std::string_view_literals;

constexpr std::array ending_commands = {"g"sv,     "gx"sv,           "gset"sv,         "gexec"sv,
                                        "gdesc"sv, "watch"sv,        "crosstabview"sv, "r"sv,
                                        "reset"sv, "sendpipeline"sv, "parse"sv};
// Their argument is the rest of the line, whatever stands in it.
constexpr std::array line_commands = {"copy"sv, "!"sv,  "ef"sv,  "ev"sv, "sf"sv,
                                      "sf+"sv,  "sv"sv, "sv+"sv, "h"sv,  "help"sv};

// `dbname='a\'b' host=x`, as libpq reads it.
std::string keyword_value(std::string_view text, std::string_view wanted) {
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
    if (key == wanted) return value;
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

std::string user_of_url(std::string_view url) {
  url.remove_prefix(url.find("://") + 3);
  const size_t at = url.substr(0, url.find('/')).find('@');
  return at == std::string_view::npos ? std::string() : std::string(url.substr(0, url.find_first_of(":@")));
}

bool is_url(std::string_view word) {
  return word.starts_with("postgresql://") || word.starts_with("postgres://");
}

// The next argument of \connect: a name, as SQL has them, or what stands in quotes.
std::string next_argument(std::string_view arguments, size_t& i) {
  std::string name;
  while (i < arguments.size() && is_blank(arguments[i])) ++i;
  while (i < arguments.size() && !is_blank(arguments[i])) {
    const char c = arguments[i];
    if (c != '"' && c != '\'') {
      name += lower(c);
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
  return name;
}

}  // namespace

bool PsqlCommand::ends_statement() const {
  return psql::is_one_of(name, ending_commands);
}

PsqlCommand read_psql_command(std::string_view line) {
  PsqlCommand command;
  size_t i = 1;
  while (i < line.size() && !is_blank(line[i]) && line[i] != '\\') ++i;
  command.name = line.substr(1, i - 1);
  size_t end = i;
  if (psql::is_one_of(command.name, line_commands)) {
    end = line.size();
    i = end;
  } else {
    while (end < line.size() && line[end] != '\\') {
      const char c = line[end];
      end = c == '\'' || c == '"' || c == '`' ? psql::skip_quoted(line, end + 1, c, c == '\'') : end + 1;
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

Connected connected_to(std::string_view arguments) {
  size_t i = 0;
  std::string name = next_argument(arguments, i);
  while (name.starts_with("-reuse-previous=")) name = next_argument(arguments, i);
  if (is_url(name)) return {database_of_url(name), user_of_url(name)};
  if (name.find('=') != std::string::npos)
    return {keyword_value(name, "dbname"), keyword_value(name, "user")};
  const std::string user = next_argument(arguments, i);
  return {name == "-" ? std::string() : name, user == "-" ? std::string() : user};
}

}  // namespace pg2crdb
