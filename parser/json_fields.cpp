#include "parser/json_fields.h"

#include <simdjson.h>

namespace pg2crdb::transform {

std::optional<Json> member(Json fields, std::string_view name) {
  for (auto [key, value] : simdjson::dom::object(fields)) {
    if (key == name) return value;
  }
  return std::nullopt;
}

Json required(Json fields, std::string_view name) {
  const std::optional<Json> value = member(fields, name);
  if (!value) throw Unmodelled{};
  return *value;
}

std::string_view word(Json fields, std::string_view name) {
  const std::optional<Json> value = member(fields, name);
  return value && value->is_string() ? text(*value) : std::string_view();
}

int64_t location_of(Json fields) {
  const std::optional<Json> value = member(fields, "location");
  return value ? integer(*value) : 0;
}

std::vector<std::string> strings(Json fields, std::string_view name) {
  const std::optional<Json> value = member(fields, name);
  return value ? string_nodes(*value) : std::vector<std::string>();
}

std::vector<Json> nodes(Json fields, std::string_view name) {
  std::vector<Json> result;
  if (const std::optional<Json> list = member(fields, name)) {
    for (Json node : simdjson::dom::array(*list)) result.push_back(node);
  }
  return result;
}
std::vector<Json> items(Json list) {
  return nodes(open_as("List", list), "items");
}

std::optional<ast::Name> name_of(const std::vector<std::string>& parts) {
  switch (parts.size()) {
    case 1:
      return ast::Name{"", parts[0]};
    case 2:
    case 3:
      return ast::Name{parts[parts.size() - 2], parts.back()};
    default:
      return std::nullopt;
  }
}

}  // namespace pg2crdb::transform
