#include "driver/decision_text.h"

#include <algorithm>

namespace pg2crdb {

bool may_be_about(const Decision& decision, std::string_view source) {
  if (!decision.expression.empty() && decision.statement.empty()) return true;
  const std::string_view part =
      decision.find.empty() || !decision.expression.empty() ? decision.statement : decision.find;
  // Up to its first line end, which may be another one there.
  const size_t begin = part.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return true;
  const size_t end = std::min(part.find_first_of("\r\n;", begin), part.size());
  return source.find(part.substr(begin, end - begin)) != std::string_view::npos;
}

}  // namespace pg2crdb
