#include "routines/text_lengths.h"

#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

namespace pg2crdb::routines {

std::optional<size_t> number(const std::string& digits) {
  size_t result = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, result);
  return error == std::errc() && rest == end ? std::optional(result) : std::nullopt;
}

std::optional<Limit> limit_of(const ast::TypeName& type) {
  const bool is_padded = type.name.name == "bpchar";
  if ((!is_padded && type.name.name != "varchar") || !type.array_bounds.empty() || type.modifiers.size() != 1)
    return std::nullopt;
  const std::optional<size_t> length = number(type.modifiers[0]);
  if (!length) return std::nullopt;
  return Limit{(is_padded ? "character(" : "character varying(") + type.modifiers[0] + ")", *length};
}

std::optional<size_t> longest(const ast::TypeName& type) {
  constexpr std::pair<std::string_view, size_t> lengths[] = {{"bool", 5},  {"char", 1},  {"date", 13},
                                                             {"int2", 6},  {"int4", 11}, {"int8", 20},
                                                             {"name", 63}, {"uuid", 36}};
  if (!type.array_bounds.empty()) return std::nullopt;
  if (const std::optional<Limit> limit = limit_of(type)) return limit->length;
  for (const auto& [name, length] : lengths) {
    if (type.name.name == name) return length;
  }
  return std::nullopt;
}

}  // namespace pg2crdb::routines
