#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace pg2crdb {

constexpr size_t byte_block_size = 16;
/// Bytes that are looked at in one go: what is compared gives 255 in the places where it is true. Compilers
/// turn it into the instructions that the machine has.
using ByteBlock = unsigned char __attribute__((vector_size(byte_block_size)));

/// `at`: as many bytes are there.
inline ByteBlock load_block(const char* at) {
  ByteBlock block;
  std::memcpy(&block, at, byte_block_size);
  return block;
}

inline ByteBlock block_of(char byte) {
  return ByteBlock{} + static_cast<unsigned char>(byte);
}

/// Of what was compared: where it is true.
template <class Mask>
ByteBlock as_block(Mask mask) {
  return std::bit_cast<ByteBlock>(mask);
}

/// Whether it is true in all places.
inline bool is_true_everywhere(ByteBlock mask) {
  const auto words = std::bit_cast<std::array<uint64_t, 2>>(mask);
  return (words[0] & words[1]) == ~uint64_t{0};
}

}  // namespace pg2crdb
