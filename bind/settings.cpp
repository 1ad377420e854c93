#include "bind/settings.h"

#include <algorithm>
#include <string_view>

#include "parser/sql_tokens.h"
#include "support/ascii.h"

namespace pg2crdb::bind {

std::optional<Setting> setting_of(const ast::Opaque& opaque) {
  const bool of_role = opaque.kind == "ALTER ROLE SET";
  if (!of_role && opaque.kind != "ALTER DATABASE SET") return std::nullopt;
  const std::vector<transform::Token> tokens = transform::scan(opaque.text).tokens;
  Setting setting;
  constexpr std::string_view no_names[] = {"all", "current_role", "current_user", "session_user"};
  const auto is_no_name = [&](std::string_view word) { return tokens[2].is(word); };
  if (of_role && tokens.size() > 2 && tokens[2].is_name() && std::ranges::none_of(no_names, is_no_name)) {
    setting.role = tokens[2].name();
    setting.role_begin = tokens[2].begin;
    setting.role_end = tokens[2].end;
  }
  setting.of_database = !of_role || (tokens.size() > 4 && tokens[3].is("in") && tokens[4].is("database"));
  // The name of what is altered may be one of the words.
  for (size_t i = 3; i + 1 < tokens.size(); ++i) {
    if (!tokens[i].is("set") && !tokens[i].is("reset")) continue;
    const transform::Token& name = tokens[i + 1];
    const bool is_time_zone = name.is("time");
    if (!name.is("all")) setting.variable = is_time_zone ? "timezone" : lower(name.name());
    if (i + 3 < tokens.size() && tokens[i + 2].is(".")) setting.variable += "." + lower(tokens[i + 3].name());
    break;
  }
  return setting;
}

}  // namespace pg2crdb::bind
