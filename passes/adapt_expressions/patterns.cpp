#include "passes/adapt_expressions/patterns.h"

#include <cstddef>

namespace pg2crdb::adapt {

std::string_view foreign_to_re2(std::string_view pattern) {
  if (pattern.starts_with("***")) return "***";
  for (size_t i = 0; i + 1 < pattern.size(); ++i) {
    const std::string_view rest = pattern.substr(i);
    for (const std::string_view part : {"(?=", "(?!", "(?<=", "(?<!", "[[:<:]]", "[[:>:]]"}) {
      if (rest.starts_with(part)) return part;
    }
    if (pattern[i] != '\\') continue;
    for (const std::string_view part :
         {"\\m", "\\M", "\\y", "\\Y", "\\Z", "\\1", "\\2", "\\3", "\\4", "\\5", "\\6", "\\7", "\\8", "\\9"}) {
      if (rest.starts_with(part)) return part;
    }
    ++i;
  }
  return {};
}

}  // namespace pg2crdb::adapt
