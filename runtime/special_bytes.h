#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

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

/// Writes where special bytes stand in a text of at most 65,536 bytes, and returns how many there are.
/// `places` has room for as many as the text has bytes, and 8 more.
using FindSpecialBytes = size_t (*)(std::string_view text, uint16_t* places);

/// Byte by byte.
size_t find_special_bytes_one_by_one(std::string_view text, uint16_t* places);
/// The fastest form that this processor has.
FindSpecialBytes fastest_find_special_bytes();

/// The special bytes of a text, one after the other.
class SpecialBytes {
 public:
  /// Where one stands. To be kept in a local variable, which what is written elsewhere does not change.
  struct Cursor {
    const char* window = nullptr;
    const uint16_t* at = nullptr;
    const uint16_t* last = nullptr;

    const char* place() const { return window + *at; }
  };

  explicit SpecialBytes(std::string_view text)
      : find_(fastest_find_special_bytes()), looked_to_(text.data()), end_(text.data() + text.size()) {}

  /// At the first one from `place` on; at the text's end where there is none. Other cursors are good for
  /// nothing then.
  Cursor look_from(const char* place);
  /// Moves to the next one.
  void pass(Cursor& cursor) {
    if (++cursor.at == cursor.last) cursor = look_from(looked_to_);
  }
  /// Moves to the first at `place` or behind it.
  void pass_to(Cursor& cursor, const char* place) {
    while (cursor.place() < place) pass(cursor);
  }

 private:
  static constexpr size_t window_size = size_t{4} << 10;

  FindSpecialBytes find_;
  const char* looked_to_;
  const char* const end_;
  std::array<uint16_t, window_size + 8> places_;
};

}  // namespace pg2crdb
