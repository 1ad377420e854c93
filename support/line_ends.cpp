#include "support/line_ends.h"

#include <algorithm>
#include <limits>

#include "support/byte_block.h"

namespace pg2crdb {

size_t count_line_ends(std::string_view text) {
  size_t count = 0;
  while (text.size() >= byte_block_size) {
    ByteBlock counts = {};
    // As many as a byte can count.
    const size_t blocks =
        std::min<size_t>(text.size() / byte_block_size, std::numeric_limits<unsigned char>::max());
    for (size_t i = 0; i < blocks; ++i) {
      const ByteBlock block = load_block(text.data() + i * byte_block_size);
      counts -= as_block(block == block_of('\n'));  // 255, which is -1, where they are equal
    }
    for (size_t i = 0; i < byte_block_size; ++i) count += counts[i];
    text.remove_prefix(blocks * byte_block_size);
  }
  return count + static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace pg2crdb
