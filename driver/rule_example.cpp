#include <string>

#include "driver/rules_page.h"

namespace pg2crdb {
namespace {

/// The section of a rule, without its heading.
std::string_view section_of(std::string_view id) {
  const std::string heading = "\n### " + std::string(id) + "\n";
  const size_t begin = rules_page.find(heading);
  if (begin == std::string_view::npos) return {};
  const std::string_view rest = rules_page.substr(begin + heading.size());
  return rest.substr(0, rest.find("\n### "));
}

}  // namespace

std::string rule_example(std::string_view id) {
  std::string out;
  bool in_block = false;
  std::string_view rest = section_of(id);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.starts_with("```")) {
      in_block = !in_block;
      if (!in_block) out += '\n';
    } else if (in_block) {
      out.append(line.empty() ? "" : "    ").append(line).append("\n");
    } else if (line.starts_with("> ")) {
      out.append(line.substr(2)).append("\n");
    } else if (line.ends_with(':')) {
      out.append(line).append("\n\n");
    }
  }
  return out;
}

}  // namespace pg2crdb
