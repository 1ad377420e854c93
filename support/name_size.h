#pragma once
#include <cstddef>
#include <string_view>

namespace pg2crdb {

/// Bytes of a name that PostgreSQL keeps: it cuts longer ones wherever they are written (NAMEDATALEN - 1).
inline constexpr size_t longest_name = 63;

/// No more than `bytes` of a name, cut between characters.
inline std::string_view clipped_name(std::string_view name, size_t bytes = longest_name) {
  if (name.size() <= bytes) return name;
  while (bytes > 0 && (static_cast<unsigned char>(name[bytes]) & 0xC0U) == 0x80U) --bytes;
  return name.substr(0, bytes);
}

}  // namespace pg2crdb
