#include "runtime/special_bytes.h"

#include <algorithm>
#include <bit>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace pg2crdb {
namespace {

size_t find_rest(std::string_view text, size_t from, uint16_t* places, size_t count) {
  for (size_t i = from; i < text.size(); ++i) {
    places[count] = static_cast<uint16_t>(i);
    count += is_special(text[i]) ? 1 : 0;
  }
  return count;
}

#ifdef __x86_64__

/// The places of a mask's bits. Some are written in vain: a branch a bit would cost more. Inlined, so that it
/// counts bits with the instructions that its caller may use.
__attribute__((always_inline)) inline size_t put_places(uint64_t mask, size_t base, uint16_t* places) {
  const auto count = static_cast<size_t>(std::popcount(mask));
  for (size_t put = 0; put < count; put += 4) {
    for (size_t i = put; i < put + 4; ++i) {
      places[i] = static_cast<uint16_t>(base + static_cast<size_t>(std::countr_zero(mask)));
      mask &= mask - 1;
    }
  }
  return count;
}

uint32_t mask_of_16(const char* text) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  __m128i found = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t'));
  for (const char c : {'\n', '\r', '\\', '"', ','})
    found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
  return static_cast<uint32_t>(_mm_movemask_epi8(found));
}

size_t find_by_16(std::string_view text, uint16_t* places) {
  size_t count = 0;
  size_t i = 0;
  for (; i + 64 <= text.size(); i += 64) {
    uint64_t mask = 0;
    for (size_t part = 0; part < 64; part += 16) mask |= uint64_t{mask_of_16(text.data() + i + part)} << part;
    count += put_places(mask, i, places + count);
  }
  return find_rest(text, i, places, count);
}

/// What a byte's two halves have in common says whether it is special: one bit for 0x09, 0x0a and 0x0d, one
/// for 0x5c, one for 0x22 and 0x2c.
__attribute__((always_inline, target("avx2,bmi,popcnt"))) inline uint32_t mask_of_32(const char* text) {
  const __m256i by_low = _mm256_setr_epi8(0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 1, 0, 6, 1, 0, 0,  //
                                          0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 1, 0, 6, 1, 0, 0);
  const __m256i by_high = _mm256_setr_epi8(1, 0, 4, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  //
                                           1, 0, 4, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text));
  const __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0f));
  const __m256i common =
      _mm256_and_si256(_mm256_shuffle_epi8(by_low, bytes), _mm256_shuffle_epi8(by_high, high));
  const __m256i none = _mm256_cmpeq_epi8(common, _mm256_setzero_si256());
  return ~static_cast<uint32_t>(_mm256_movemask_epi8(none));
}

__attribute__((target("avx2,bmi,popcnt"))) size_t find_by_32(std::string_view text, uint16_t* places) {
  size_t count = 0;
  size_t i = 0;
  for (; i + 64 <= text.size(); i += 64) {
    const uint64_t mask = mask_of_32(text.data() + i) | uint64_t{mask_of_32(text.data() + i + 32)} << 32U;
    count += put_places(mask, i, places + count);
  }
  return find_rest(text, i, places, count);
}

#endif

}  // namespace

size_t find_special_bytes_one_by_one(std::string_view text, uint16_t* places) {
  return find_rest(text, 0, places, 0);
}

FindSpecialBytes fastest_find_special_bytes() {
#ifdef __x86_64__
  static const bool wide = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                           __builtin_cpu_supports("popcnt") != 0;
  return wide ? find_by_32 : find_by_16;
#else
  return find_special_bytes_one_by_one;
#endif
}

SpecialBytes::Cursor SpecialBytes::look_from(const char* place) {
  looked_to_ = place;
  while (looked_to_ < end_) {
    const char* const window = looked_to_;
    const size_t size = std::min(window_size, static_cast<size_t>(end_ - window));
    looked_to_ += size;
    const size_t count = find_({window, size}, places_.data());
    if (count > 0) return {window, places_.data(), places_.data() + count};
  }
  places_[0] = 0;
  return {end_, places_.data(), places_.data() + 1};
}

}  // namespace pg2crdb
