#include "driver/toml_text.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "support/json.h"

namespace pg2crdb {

std::string toml_string(const std::string& text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string toml_array(std::span<const std::string> texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + toml_string(text);
  return "[" + out + "]";
}

std::string toml_decision(const Decision& decision) {
  std::string out = fmt::format("[[decision]]\nrule = {}\n", toml_string(decision.rule));
  if (!decision.object.empty()) out += fmt::format("object = {}\n", toml_string(decision.object));
  out += fmt::format("action = \"acknowledge\"\nreason = {}\n", toml_string(decision.reason));
  if (!decision.until.empty()) out += fmt::format("until = {}\n", decision.until);
  return out;
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
