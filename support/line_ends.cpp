#include "support/line_ends.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace pg2crdb {

size_t count_line_ends(std::string_view text) {
  constexpr size_t width = 16;
  using Bytes = unsigned char __attribute__((vector_size(width)));
  const Bytes line_end = Bytes{} + static_cast<unsigned char>('\n');
  size_t count = 0;
  while (text.size() >= width) {
    Bytes counts = {};
    // As many as a byte can count.
    const size_t blocks = std::min<size_t>(text.size() / width, std::numeric_limits<unsigned char>::max());
    for (size_t i = 0; i < blocks; ++i) {
      Bytes block;
      std::memcpy(&block, text.data() + i * width, width);
      counts -= std::bit_cast<Bytes>(block == line_end);  // 255, which is -1, where they are equal
    }
    for (size_t i = 0; i < width; ++i) count += counts[i];
    text.remove_prefix(blocks * width);
  }
  return count + static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace pg2crdb
