#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <cstddef>

namespace pg2crdb {

/// What ends a value of COPY's text, or stands in none that CSV takes as it is.
inline constexpr std::array<bool, 256> special_bytes = [] {
  std::array<bool, 256> table{};
  for (const char c : {'\t', '\n', '\r', '\\', '"', ','}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

inline bool is_special(char c) {
  return special_bytes[static_cast<unsigned char>(c)];
}

/// Moves `from` to the first special byte and copies what is passed to `out`. There has to be one.
inline void copy_plain_one_by_one(const char*& from, char*& out) {
  while (!is_special(*from)) *out++ = *from++;
}

/// How many bytes copy_plain may write behind those that it copies.
inline constexpr size_t copy_plain_slack = 16;

/// The same, in larger steps; nothing at `limit` or behind it is read. May stop at other control characters,
/// too.
inline void copy_plain(const char*& from, const char* limit, char*& out) {
#ifdef __SSE2__
  while (limit - from >= 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
    const __m128i from_tab = _mm_sub_epi8(bytes, _mm_set1_epi8('\t'));
    const __m128i controls =  // '\t' to '\r'
        _mm_cmpeq_epi8(_mm_min_epu8(from_tab, _mm_set1_epi8('\r' - '\t')), from_tab);
    const __m128i others = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))),
        _mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')));
    const auto found = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(controls, others)));
    const int plain = found == 0 ? 16 : std::countr_zero(found);
    from += plain;
    out += plain;
    if (found != 0) return;
  }
#else
  static_cast<void>(limit);
#endif
  copy_plain_one_by_one(from, out);
}

}  // namespace pg2crdb
