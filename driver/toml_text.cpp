#include "driver/toml_text.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <string_view>

#include "support/json.h"

namespace pg2crdb {

std::string toml_string(const std::string& text) {
  std::string out;
  const bool in_lines = text.find('\n') != std::string::npos && text.find('\r') == std::string::npos;
  if (!in_lines) {
    append_json_string(out, text);
    return out;
  }
  out = "\"\"\"\n";
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string line;
    append_json_string(line, std::string_view(text).substr(begin, end - begin));
    out.append(line, 1, line.size() - 2);
    if (end < text.size()) out += '\n';
    begin = end + 1;
  }
  return out + "\"\"\"";
}

std::string toml_array(std::span<const std::string> texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + toml_string(text);
  return "[" + out + "]";
}

std::string toml_decision(const Decision& decision) {
  std::string out = "[[decision]]\n";
  const auto add = [&](std::string_view key, const std::string& value) {
    if (!value.empty()) out += fmt::format("{} = {}\n", key, toml_string(value));
  };
  add("rule", decision.rule);
  add("object", decision.object);
  add("statement", decision.statement);
  add("action", std::string(to_string(decision.action)));
  if (decision.position) add("position", std::string(to_string(*decision.position)));
  add("find", decision.find);
  if (!decision.expression.empty()) out += "regular_expression = true\n";
  if (decision.sql) out += fmt::format("sql = {}\n", toml_string(*decision.sql));
  add("reason", decision.reason);
  if (!decision.until.empty()) out += fmt::format("until = {}\n", decision.until);
  return out;
}

std::string toml_problem(std::string_view said) {
  constexpr std::string_view head = "Error while parsing ";
  if (!said.starts_with(head)) return "this is no TOML: " + std::string(said);
  said.remove_prefix(head.size());
  const size_t colon = said.find(": ");
  if (colon == std::string_view::npos) return "this is no TOML: " + std::string(said);
  return "this is no TOML: in a " + std::string(said.substr(0, colon)) + ", " +
         std::string(said.substr(colon + 2));
}

bool is_toml_day(const std::string& text) {
  try {
    const toml::table read = toml::parse("day = " + text);
    return read.size() == 1 && read["day"].is_date();
  } catch (const toml::parse_error&) {
    return false;
  }
}

}  // namespace pg2crdb
