#include "driver/input_text.h"

#include <algorithm>

#include "support/byte_source.h"

namespace pg2crdb {

Result<std::string> read_input_text(const std::string& name) {
  auto source = open_input(name);
  if (!source) return source.error();
  std::string text;
  size_t size = 0;
  for (;;) {
    text.resize(size + std::max<size_t>(size, size_t{1} << 16));
    const auto count = (*source)->read(text.data() + size, text.size() - size);
    if (!count) return count.error();
    size += *count;
    if (*count == 0) break;
  }
  text.resize(size);
  return text;
}

}  // namespace pg2crdb
