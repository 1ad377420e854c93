#include "rows/hash128.h"

#include <array>
#include <cstring>

namespace pg2crdb {
namespace {

__extension__ using Wide = unsigned __int128;

Hash128 multiply(uint64_t a, uint64_t b) {
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<uint64_t>(product), static_cast<uint64_t>(product >> 64)};
}

uint64_t read8(const char* at) {
  uint64_t word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

uint64_t rotate(uint64_t word, int by) {
  return (word << by) | (word >> (64 - by));
}

// Odd, half of the bits set: fractional digits of the golden ratio, e, pi and the square root of 2.
constexpr std::array<uint64_t, 4> keys = {0x9E3779B97F4A7C15, 0xB7E151628AED2A6B, 0x243F6A8885A308D3,
                                          0x6A09E667F3BCC909};

}  // namespace

Hash128& Hash128::operator+=(const Hash128& other) {
  low += other.low;
  high += other.high + (low < other.low ? 1 : 0);
  return *this;
}

Hash128 hash128(std::string_view bytes, uint64_t seed) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  uint64_t low = seed ^ keys[0];
  uint64_t high = rotate(seed, 32) ^ keys[1];
  // The words go in beside the product too: a factor of zero must not swallow the other.
  const auto mix = [&](uint64_t first, uint64_t second) {
    const Hash128 product = multiply(first ^ low ^ keys[2], second ^ high ^ keys[3]);
    low = rotate(product.low, 29) + second;
    high = product.high ^ rotate(high + first, 41);
  };
  for (; left >= 16; left -= 16, at += 16) mix(read8(at), read8(at + 8));
  if (left > 0) {
    std::array<char, 16> tail{};
    std::memcpy(tail.data(), at, left);
    mix(read8(tail.data()), read8(tail.data() + 8));
  }
  mix(bytes.size(), keys[0]);
  mix(keys[1], keys[2]);
  mix(keys[3], keys[0]);
  return {low, high};
}

}  // namespace pg2crdb
