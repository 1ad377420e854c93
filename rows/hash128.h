#pragma once
#include <cstdint>
#include <string_view>

namespace pg2crdb {

/// 128 bits over bytes, seeded; used to compare multisets of rows by their sums. Not cryptographic.
struct Hash128 {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const Hash128&) const = default;
  Hash128& operator+=(const Hash128& other);  ///< 128-bit addition, wrapping: order does not matter
};
Hash128 hash128(std::string_view bytes, uint64_t seed);

}  // namespace pg2crdb
